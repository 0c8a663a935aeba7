import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconBuilding } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";

/** A tenant, found by the beginning of its name or by its id. */
export function TenantSelect({ value, set }: { value: string; set: (id: string) => void }) {
  const { t } = useTranslation("activity");
  const [text, setText] = useState("");
  const [asked] = useDebouncedValue(text.trim(), 250);
  const chosen = api.useQuery("get", "/api/v1/tenants/{tenant}", { params: { path: { tenant: value } } }, { enabled: value !== "" }).data;
  // What stands there after a choice is no search.
  const q = asked && asked !== chosen?.name ? asked : undefined;
  const found = api.useQuery("get", "/api/v1/tenants", { params: { query: { q, limit: 20 } } }, { placeholderData: (old) => old });
  const options = (found.data?.items ?? []).map((tenant) => ({ value: tenant.id, label: tenant.name }));
  if (chosen && !options.some((o) => o.value === chosen.id)) options.unshift({ value: chosen.id, label: chosen.name });
  return (
    <Select
      label={t("explorer.tenant")}
      placeholder={t("explorer.tenant_hint")}
      leftSection={<IconBuilding size={16} aria-hidden />}
      searchable
      clearable
      maw={420}
      mb="lg"
      value={value || null}
      onChange={(id) => set(id ?? "")}
      searchValue={text}
      onSearchChange={setText}
      // The server has searched.
      filter={({ options }) => options}
      nothingFoundMessage={t("explorer.tenant_none")}
      data={options}
    />
  );
}
