import { Anchor, Group, Select, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { useTenant } from "../../app/tenant";
import { SearchField } from "../../ui/SearchField";
import { useConnections } from "../activity/useConnections";
import { useEntryPoints, useNames, useRoles } from "../groups/catalogue";
import { managed, manual, noRole, type PeopleFilters } from "./filters";
import css from "./people.module.css";

interface Props {
  filters: PeopleFilters;
  set: (change: Partial<PeopleFilters>) => void;
  reset: () => void;
  narrowed: boolean;
}

/** What the list of people is narrowed by. */
export function PeopleFilterBar({ filters, set, reset, narrowed }: Props) {
  const { t } = useTranslation("people");
  const connections = useConnections();
  const roles = useRoles() ?? [];
  const places = useEntryPoints() ?? [];
  const names = useNames();
  const choose = (key: keyof PeopleFilters) => ({
    value: filters[key],
    onChange: (value: string | null) => set({ [key]: value ?? "" }),
    allowDeselect: false,
  });
  return (
    <div>
      <div className={css.filters} role="search">
        <SearchField label={t("filter.search")} placeholder={t("filter.search_hint")} value={filters.q} onChange={(q) => set({ q })} />
        <Select
          label={t("filter.status")}
          {...choose("status")}
          data={[
            { value: "", label: t("filter.all") },
            { value: "active", label: t("active") },
            { value: "inactive", label: t("inactive") },
          ]}
        />
        <Select
          label={t("filter.source")}
          {...choose("source")}
          searchable={connections.length > 8}
          data={[
            { value: "", label: t("filter.all") },
            { value: managed, label: t("filter.managed") },
            { value: manual, label: t("manual") },
            ...connections.map((c) => ({ value: c.id, label: c.name })),
          ]}
        />
        <Select
          label={t("filter.role")}
          {...choose("role")}
          searchable={roles.length > 8}
          data={[{ value: "", label: t("filter.any") }, { value: noRole, label: t("no_role") }, ...roles.map((r) => ({ value: r.key, label: r.name }))]}
        />
        {(places.length > 1 || filters.at) && filters.role !== noRole && (
          <Select
            label={t("filter.at")}
            {...choose("at")}
            searchable={places.length > 8}
            data={[{ value: "", label: t("filter.any") }, ...places.map((p) => ({ value: p.key, label: names.place(p.key) }))]}
          />
        )}
      </div>
      {narrowed && (
        <Group gap="md" mt="sm">
          {filters.group && <OfGroup group={filters.group} />}
          <Anchor component="button" type="button" size="sm" onClick={reset}>
            {t("list.reset")}
          </Anchor>
        </Group>
      )}
    </div>
  );
}

/** Which group the list is of. */
function OfGroup({ group }: { group: string }) {
  const { t } = useTranslation("people");
  const { id } = useTenant();
  const query = api.useQuery("get", "/api/v1/tenants/{tenant}/groups/{group}", { params: { path: { tenant: id, group } } });
  return <Text size="sm">{t("filter.of_group", { group: query.data?.display_name ?? group })}</Text>;
}
