import "@mantine/charts/styles.css";

import { AreaChart, BarChart, LineChart } from "@mantine/charts";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { ChartProps } from "./TimeChart";

/** The drawing takes no focus: whoever does not see it reads the table. */
const silent = { accessibilityLayer: false };

/** The library also asks for words of nothing, before it has points. */
const say = (format: Intl.DateTimeFormat, at: unknown) => (typeof at === "string" ? format.format(new Date(at)) : "");

/** The drawing of a TimeChart; the library that draws is loaded with the first one. */
export default function TimeChartDrawing({ points, series, kind, stacked, height = 220, format }: ChartProps) {
  const { i18n } = useTranslation();
  const first = points[0];
  const last = points.at(-1);
  const days = first && last ? (Date.parse(last.at) - Date.parse(first.at)) / 86_400_000 : 0;
  const whole = days >= points.length - 1.1; // each point is a day, give or take an hour of summer time
  const tick = new Intl.DateTimeFormat(i18n.language, days > 2 ? { day: "numeric", month: "short" } : { hour: "2-digit", minute: "2-digit" });
  const label = new Intl.DateTimeFormat(i18n.language, { dateStyle: "medium", ...(whole && points.length > 1 ? {} : { timeStyle: "short" as const }) });
  const shared = {
    h: height,
    data: points,
    dataKey: "at",
    series: series.map((s) => ({ name: s.key, label: s.label, color: s.color })),
    withLegend: series.length > 1,
    legendProps: { verticalAlign: "bottom" as const },
    valueFormatter: format,
    tickLine: "none" as const,
    yAxisProps: { width: 44, allowDecimals: false },
    xAxisProps: { minTickGap: 24, tickFormatter: (at: unknown) => say(tick, at) },
    tooltipProps: { labelFormatter: (at: ReactNode) => say(label, at) },
    tooltipAnimationDuration: 0,
  };
  if (kind === "bar") return <BarChart {...shared} type={stacked ? "stacked" : "default"} barChartProps={silent} />;
  if (kind === "area") return <AreaChart {...shared} type={stacked ? "stacked" : "default"} curveType="stepAfter" withDots={false} areaChartProps={silent} />;
  return <LineChart {...shared} curveType="monotone" withDots={points.length < 40} lineChartProps={silent} />;
}
