import { Group, Select, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { useList } from "../../api/list";
import { useFilters } from "../../app/filters";
import { Go } from "../../app/tenant";
import { type Column, DataList } from "../../ui/DataList";
import { Empty } from "../../ui/State";
import { Time } from "../../ui/Time";
import { TenantName, TenantPicker } from "../TenantPicker";
import { eventTypes } from "./types";
import { Outcome } from "./WebhookStatus";

type Delivery = Schemas["Delivery"];
const outcomes = ["delivered", "retrying", "given_up"] as const;

/** The log of attempts, newest first. */
export function Deliveries({ webhook }: { webhook: string }) {
  const { t } = useTranslation("delivery");
  const [filters, set, filtered] = useFilters({ tenant: "", outcome: "", type: "" });
  const list = useList(
    "/api/v1/webhooks/{webhook}/deliveries",
    {
      params: {
        path: { webhook },
        query: { limit: 50, tenant: filters.tenant || undefined, outcome: outcomes.find((o) => o === filters.outcome), type: filters.type || undefined },
      },
    },
    { refetchInterval: 10_000 },
  );
  const columns: Column<Delivery>[] = [
    {
      key: "event",
      header: t("event"),
      width: "minmax(10rem, 1.5fr)",
      cell: (d) => (
        <div>
          <Go to={`/console/delivery/${webhook}/${d.id}`} data-row fw={600}>
            {d.event.type || t("left_out")}
          </Go>
          {d.event.sequence !== null && (
            <Text size="xs" c="dimmed">
              {t("sequence", { sequence: d.event.sequence })}
            </Text>
          )}
        </div>
      ),
    },
    { key: "tenant", header: t("tenant_column"), width: "minmax(7rem, 1fr)", cell: (d) => (d.tenant_id ? <TenantName id={d.tenant_id} /> : t("test_message")) },
    { key: "outcome", header: t("outcome.title"), width: "minmax(9rem, 11rem)", cell: (d) => <Outcome delivery={d} /> },
    { key: "attempt", header: t("attempt"), width: "6rem", align: "end", cell: (d) => d.attempt },
    { key: "took", header: t("took"), width: "6rem", align: "end", cell: (d) => `${d.duration_ms} ms` },
    { key: "at", header: t("at"), width: "8rem", cell: (d) => <Time at={d.at} /> },
  ];
  return (
    <>
      <Group mb="md" gap="sm" align="flex-end">
        <Select
          label={t("outcome.title")}
          placeholder={t("any")}
          clearable
          data={outcomes.map((value) => ({ value, label: t(`outcome.${value}`) }))}
          value={filters.outcome || null}
          onChange={(outcome) => set({ outcome: outcome ?? "" })}
          flex="1 1 10rem"
        />
        <Select label={t("event")} placeholder={t("any")} clearable searchable data={eventTypes} value={filters.type || null} onChange={(type) => set({ type: type ?? "" })} flex="1 1 10rem" />
        <TenantPicker label={t("tenant_column")} value={filters.tenant || null} change={(tenant) => set({ tenant: tenant ?? "" })} clearable />
      </Group>
      <DataList label={t("tab.deliveries")} columns={columns} list={list} rowKey={(d) => d.id} filtered={filtered} empty={<Empty title={t("no_deliveries")} text={t("no_deliveries_text")} />} />
    </>
  );
}
