import { Button, Group, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import { IconBuilding, IconPlus, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { useList } from "../../api/list";
import { useFilters } from "../../app/filters";
import { useCan } from "../../app/session";
import { Go } from "../../app/tenant";
import { type Column, DataList } from "../../ui/DataList";
import { PageHeader } from "../../ui/Page";
import { Empty } from "../../ui/State";
import { Time } from "../../ui/Time";
import { NewTenant } from "./NewTenant";
import { TenantStatus } from "./TenantStatus";

type Tenant = Schemas["Tenant"];
const statuses = ["active", "suspended", "deleted"] as const;

/** V1: the vendor's customers. */
export function TenantsPage() {
  const { t } = useTranslation("console");
  const can = useCan();
  const [filters, set, filtered] = useFilters({ search: "", status: "" });
  const [creating, { open, close }] = useDisclosure(false);
  const list = useList("/api/v1/tenants", {
    params: { query: { limit: 50, q: filters.search || undefined, status: statuses.find((s) => s === filters.status) } },
  });
  const create = can("tenants:manage") && (
    <Button leftSection={<IconPlus size={18} />} onClick={open}>
      {t("tenants.create")}
    </Button>
  );
  return (
    <>
      <PageHeader title={t("tenants.title")} text={t("tenants.text")} actions={create} />
      <Group mb="md" gap="sm" align="flex-end">
        <Search value={filters.search} change={(search) => set({ search })} />
        <Select
          label={t("tenants.status")}
          placeholder={t("tenants.any_status")}
          clearable
          data={statuses.map((value) => ({ value, label: t(`tenants.state.${value}`) }))}
          value={filters.status || null}
          onChange={(status) => set({ status: status ?? "" })}
          w={{ base: "100%", xs: 200 }}
        />
      </Group>
      <DataList
        label={t("tenants.title")}
        columns={useColumns()}
        list={list}
        rowKey={(tenant) => tenant.id}
        filtered={filtered}
        empty={<Empty title={t("tenants.empty")} text={t("tenants.empty_text")} icon={<IconBuilding size={26} />} action={create} />}
      />
      <NewTenant opened={creating} close={close} />
    </>
  );
}

function Search({ value, change }: { value: string; change: (text: string) => void }) {
  const { t } = useTranslation("console");
  const [text, setText] = useState(value);
  const later = useDebouncedCallback(change, 300);
  return (
    <TextInput
      type="search"
      label={t("tenants.search")}
      leftSection={<IconSearch size={16} />}
      value={text}
      onChange={(e) => {
        setText(e.currentTarget.value);
        later(e.currentTarget.value.trim());
      }}
      flex="1 1 16rem"
      maxLength={128}
    />
  );
}

function useColumns(): Column<Tenant>[] {
  const { t, i18n } = useTranslation("console");
  const limit = (n: number | null) => (n === null ? t("tenants.unlimited") : new Intl.NumberFormat(i18n.language).format(n));
  return [
    {
      key: "name",
      header: t("tenants.name"),
      width: "minmax(12rem, 2fr)",
      cell: (tenant) =>
        tenant.status === "deleted" ? (
          <Go to={`/console/tenants/${tenant.id}/settings`} data-row fw={600}>
            {tenant.name}
          </Go>
        ) : (
          <Go to={`/console/tenants/${tenant.id}/connections`} data-row fw={600}>
            {tenant.name}
          </Go>
        ),
    },
    { key: "external_id", header: t("tenants.external_id"), width: "minmax(8rem, 1fr)", cell: (tenant) => tenant.external_id ?? "–" },
    { key: "connections", header: t("tenants.max_connections"), width: "9rem", align: "end", cell: (tenant) => limit(tenant.entitlements.connections) },
    { key: "seats", header: t("tenants.max_seats"), width: "8rem", align: "end", cell: (tenant) => limit(tenant.entitlements.seats) },
    { key: "status", header: t("tenants.status"), width: "9rem", cell: (tenant) => <TenantStatus status={tenant.status} /> },
    { key: "created", header: t("tenants.created"), width: "9rem", cell: (tenant) => <Time at={tenant.created_at} /> },
  ];
}
