import { Select, Stack } from "@mantine/core";
import { IconUsersGroup } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { useList } from "../../api/list";
import { useFilters } from "../../app/filters";
import { Go, GoButton, useTenant, useTenantPath } from "../../app/tenant";
import { useBrand } from "../../app/brand";
import { type Column, DataList } from "../../ui/DataList";
import { PageHeader } from "../../ui/Page";
import { SearchField } from "../../ui/SearchField";
import { Empty } from "../../ui/State";
import { Time } from "../../ui/Time";
import { ConnectionSelect } from "../activity/ConnectionSelect";
import { useAllMappings } from "./catalogue";
import { GoneGroups } from "./GoneGroups";
import css from "./groups.module.css";
import { RoleList } from "./RoleList";

const noFilters = { q: "", mapped: "", connection: "" };

/** The groups that identity providers send, and which roles they give. */
export function GroupsPage() {
  const { t } = useTranslation("groups");
  const { productName } = useBrand();
  const { id: tenant } = useTenant();
  const [{ q, mapped, connection }, set, filtered] = useFilters(noFilters);
  const query = {
    ...(q ? { q } : {}),
    ...(mapped === "yes" || mapped === "no" ? { mapped: mapped === "yes" } : {}),
    ...(connection ? { connection } : {}),
  };
  const list = useList("/api/v1/tenants/{tenant}/groups", { params: { path: { tenant }, query } });
  const columns = useColumns();
  return (
    <>
      <PageHeader title={t("list.title")} text={t("list.text", { product: productName })} />
      <Stack gap="md">
        <div className={css.filters} role="search">
          <SearchField label={t("filter.search")} placeholder={t("filter.search_hint")} value={q} onChange={(text) => set({ q: text })} />
          <Select
            label={t("filter.mapped")}
            value={mapped}
            onChange={(value) => set({ mapped: value ?? "" })}
            allowDeselect={false}
            data={[
              { value: "", label: t("filter.all") },
              { value: "yes", label: t("filter.yes") },
              { value: "no", label: t("filter.no") },
            ]}
          />
          <ConnectionSelect value={connection} set={(value) => set({ connection: value })} />
        </div>
        <DataList label={t("list.title")} columns={columns} list={list} rowKey={(group) => group.id} filtered={filtered} empty={<NoGroups />} />
        <GoneGroups />
      </Stack>
    </>
  );
}

function useColumns(): Column<Schemas["Group"]>[] {
  const { t, i18n } = useTranslation("groups");
  const path = useTenantPath();
  const mappings = useAllMappings().data;
  return [
    {
      key: "name",
      header: t("column.name"),
      width: "minmax(10rem, 2fr)",
      cell: (group) => (
        <Go to={path("groups", group.id)} data-row fw={600} c="var(--mantine-color-text)">
          {group.display_name}
        </Go>
      ),
    },
    { key: "members", header: t("column.members"), width: "6rem", align: "end", cell: (group) => new Intl.NumberFormat(i18n.language).format(group.members) },
    {
      key: "roles",
      header: t("column.roles"),
      width: "minmax(9rem, 2fr)",
      cell: (group) => {
        const own = mappings?.filter((m) => m.group.id === group.id) ?? [];
        // Of very many mappings not all are read; how many a group has is known.
        if (own.length === 0 && group.mappings > 0) return t("mappings", { count: group.mappings });
        return <RoleList holdings={own} none={t("not_mapped")} />;
      },
    },
    { key: "source", header: t("column.source"), width: "minmax(7rem, 1fr)", cell: (group) => group.connection?.name ?? "–" },
    { key: "changed", header: t("column.changed"), width: "8.5rem", cell: (group) => <Time at={group.updated_at} /> },
  ];
}

function NoGroups() {
  const { t } = useTranslation("groups");
  const path = useTenantPath();
  return (
    <Empty
      icon={<IconUsersGroup size={26} stroke={1.6} />}
      title={t("list.none")}
      text={t("list.none_text")}
      action={<GoButton to={path("connections")}>{t("list.none_action")}</GoButton>}
    />
  );
}
