import { Skeleton, Text } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";

import { absolute } from "./time";

export interface Series {
  /** Member of the points. */
  key: string;
  label: string;
  /** A colour of the theme: "accent.6", "red.6". */
  color: string;
}

export interface ChartProps {
  /** What the chart shows, in words. */
  label: string;
  points: ({ at: string } & Record<string, number | string>)[];
  series: Series[];
  kind: "bar" | "area" | "line";
  stacked?: boolean;
  height?: number;
  format?: (value: number) => string;
}

const Drawing = lazy(() => import("./TimeChartDrawing"));

/** Figures over time, drawn, and as a table for whoever does not see the drawing. */
export function TimeChart(props: ChartProps) {
  const { t, i18n } = useTranslation();
  const { label, points, series, height = 220, format = (v) => new Intl.NumberFormat(i18n.language).format(v) } = props;
  if (points.length === 0) {
    return (
      <Text c="dimmed" size="sm" py="lg">
        {t("chart.empty")}
      </Text>
    );
  }
  return (
    <figure style={{ margin: 0 }} aria-label={label}>
      <div aria-hidden>
        <Suspense fallback={<Skeleton h={height} />}>
          <Drawing {...props} height={height} format={format} />
        </Suspense>
      </div>
      {/* A table itself would keep its height. */}
      <div className="visually-hidden">
        <table>
          <caption>{`${label}: ${t("chart.table")}`}</caption>
          <thead>
            <tr>
              <th scope="col">{t("chart.time")}</th>
              {series.map((s) => (
                <th key={s.key} scope="col">
                  {s.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {points.map((p) => (
              <tr key={p.at}>
                <th scope="row">{absolute(new Date(p.at), i18n.language)}</th>
                {series.map((s) => (
                  <td key={s.key}>{format(Number(p[s.key]))}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
