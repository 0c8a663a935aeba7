import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useConnections } from "./useConnections";

/** One of the tenant's connections, or all of them. Not shown where there is but one. */
export function ConnectionSelect({ value, set }: { value: string; set: (value: string) => void }) {
  const { t } = useTranslation("activity");
  const connections = useConnections();
  if (connections.length < 2 && !value) return null;
  return (
    <Select
      label={t("filter.connection")}
      value={value || "all"}
      onChange={(v) => set(v === "all" || !v ? "" : v)}
      allowDeselect={false}
      searchable={connections.length > 8}
      data={[{ value: "all", label: t("filter.all_connections") }, ...connections.map((c) => ({ value: c.id, label: c.name }))]}
    />
  );
}
