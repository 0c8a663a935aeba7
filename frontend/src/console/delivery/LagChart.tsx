import { SegmentedControl, SimpleGrid } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { useFilters } from "../../app/filters";
import { Section } from "../../ui/Page";
import { Loaded } from "../../ui/State";
import { TimeChart } from "../../ui/TimeChart";
import { hoursOf, periods, since } from "./hours";

/** How many events were delivered and how late, over time. */
export function LagChart({ webhook }: { webhook: string }) {
  const { t, i18n } = useTranslation("delivery");
  const [{ period }, set] = useFilters({ period: "1" });
  const days = periods.find((p) => String(p) === period) ?? 1;
  const from = useMemo(() => since(days, new Date()), [days]);
  const query = api.useQuery("get", "/api/v1/webhooks/{webhook}/hours", { params: { path: { webhook }, query: { since: from } } }, { refetchInterval: 30_000 });
  const number = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 });
  return (
    <Section
      title={t("lag.title")}
      text={t("lag.text")}
      actions={
        <SegmentedControl
          aria-label={t("lag.period")}
          value={String(days)}
          onChange={(value) => set({ period: value })}
          data={periods.map((p) => ({ value: String(p), label: t(`lag.days.${p}`) }))}
        />
      }
    >
      <Loaded query={query}>
        {({ items }) => {
          const points = hoursOf(items);
          return (
            <SimpleGrid cols={{ base: 1, md: 2 }}>
              <TimeChart
                label={t("lag.attempts")}
                kind="bar"
                stacked
                points={points}
                series={[
                  { key: "delivered", label: t("lag.delivered"), color: "accent.6" },
                  { key: "failed", label: t("lag.failed"), color: "red.6" },
                ]}
              />
              <TimeChart
                label={t("lag.lag")}
                kind="line"
                points={points}
                format={(v) => `${number.format(v)} s`}
                series={[
                  { key: "average", label: t("lag.average"), color: "accent.6" },
                  { key: "longest", label: t("lag.longest"), color: "orange.6" },
                ]}
              />
            </SimpleGrid>
          );
        }}
      </Loaded>
    </Section>
  );
}

