import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "../api/client";

interface Props {
  label: string;
  value: string | null;
  change: (id: string | null) => void;
  clearable?: boolean;
}

/** Finds one of the vendor's customers by name. */
export function TenantPicker({ label, value, change, clearable = false }: Props) {
  const { t } = useTranslation("console");
  const [text, setText] = useState("");
  const [search] = useDebouncedValue(text.trim(), 250);
  const list = api.useQuery("get", "/api/v1/tenants", { params: { query: { limit: 20, q: search || undefined } } }, { placeholderData: keepPreviousData });
  const chosen = api.useQuery("get", "/api/v1/tenants/{tenant}", { params: { path: { tenant: value ?? "" } } }, { enabled: value !== null });
  const items = list.data?.items ?? [];
  const data = items.map((tenant) => ({ value: tenant.id, label: tenant.name }));
  if (value && chosen.data && !items.some((tenant) => tenant.id === value)) data.unshift({ value, label: chosen.data.name });
  return (
    <Select
      label={label}
      placeholder={t("picker.placeholder")}
      nothingFoundMessage={t("picker.nothing")}
      searchable
      clearable={clearable}
      filter={({ options }) => options}
      data={data}
      value={value}
      onChange={(id) => change(id)}
      onSearchChange={setText}
      flex="1 1 12rem"
    />
  );
}

/** What a tenant is called; its id until that is known. */
export function TenantName({ id }: { id: string }) {
  const query = api.useQuery("get", "/api/v1/tenants/{tenant}", { params: { path: { tenant: id } } }, { staleTime: 60_000, enabled: id !== "" });
  return <>{query.data?.name ?? id}</>;
}
