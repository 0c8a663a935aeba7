import { SegmentedControl, SimpleGrid } from "@mantine/core";
import { keepPreviousData } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { useFilters } from "../../app/filters";
import { Section } from "../../ui/Page";
import { Loaded } from "../../ui/State";
import { TimeChart } from "../../ui/TimeChart";
import { anyRequest, peoplePoints, rangeOf, ranges, requestPoints, startsOf } from "./buckets";
import { useConnection, useConnectionParams } from "./connection";

const hourNow = () => Math.floor(Date.now() / 3_600_000);

/** useHour changes when an hour begins: then a chart has another first column. */
function useHour(): number {
  const [hour, setHour] = useState(hourNow);
  useEffect(() => {
    const timer = setInterval(() => setHour(hourNow()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return hour;
}

/** Requests and people over time. How far back is in the address. */
export function Charts() {
  const { t } = useTranslation("connections");
  const [filters, set] = useFilters({ range: "7d" });
  const range = rangeOf(filters.range);
  const hour = useHour();
  const starts = useMemo(() => startsOf(range, new Date(hour * 3_600_000)), [range, hour]);
  return (
    <Section
      title={t("charts.title")}
      actions={
        <SegmentedControl
          aria-label={t("charts.range")}
          size="xs"
          value={range}
          onChange={(value) => set({ range: value })}
          data={ranges.map((value) => ({ value, label: t(`charts.${value}`) }))}
        />
      }
    >
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="xl">
        <Requests starts={starts} />
        <People starts={starts} />
      </SimpleGrid>
    </Section>
  );
}

function useSince(starts: Date[]) {
  const path = useConnectionParams();
  return { params: { path, query: { since: starts[0]?.toISOString() } } };
}

function Requests({ starts }: { starts: Date[] }) {
  const { t } = useTranslation("connections");
  const query = api.useQuery("get", "/api/v1/tenants/{tenant}/connections/{connection}/request-hours", useSince(starts), {
    refetchInterval: 15_000,
    placeholderData: keepPreviousData,
  });
  return (
    <Chart title={t("charts.requests")}>
      <Loaded query={query}>
        {({ items }) => {
          const points = requestPoints(items, starts);
          return (
            <TimeChart
              label={t("charts.requests")}
              kind="bar"
              stacked
              points={anyRequest(points) ? points : []}
              series={[
                { key: "done", label: t("charts.done"), color: "accent.5" },
                { key: "refused", label: t("charts.refused"), color: "yellow.6" },
                { key: "failed", label: t("charts.failed"), color: "red.7" },
              ]}
            />
          );
        }}
      </Loaded>
    </Chart>
  );
}

function People({ starts }: { starts: Date[] }) {
  const { t } = useTranslation("connections");
  const { connection } = useConnection();
  const query = api.useQuery("get", "/api/v1/tenants/{tenant}/connections/{connection}/directory-history", useSince(starts), {
    refetchInterval: 15_000,
    placeholderData: keepPreviousData,
  });
  return (
    <Chart title={t("charts.people")}>
      <Loaded query={query}>
        {({ items }) => (
          <TimeChart
            label={t("charts.people")}
            kind="bar"
            stacked
            points={peoplePoints(items, starts, new Date(connection.created_at))}
            series={[
              { key: "active", label: t("charts.active"), color: "teal.6" },
              { key: "inactive", label: t("charts.inactive"), color: "gray.5" },
            ]}
          />
        )}
      </Loaded>
    </Chart>
  );
}

function Chart({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div>
      <h3 style={{ fontSize: "var(--mantine-font-size-sm)", margin: "0 0 0.75rem", fontWeight: 600 }}>{title}</h3>
      {children}
    </div>
  );
}
