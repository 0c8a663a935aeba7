import { Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { isoOf, localOf, momentOf } from "./filters";

const presets = ["1h", "24h", "7d", "30d"] as const;

interface Range {
  since: string;
  until: string;
}

/** A stretch of time: one of the usual ones, or from and to. */
export function RangeSelect({ since, until, set }: Range & { set: (range: Range) => void }) {
  const { t } = useTranslation("activity");
  const custom = until !== "" || (since !== "" && !(presets as readonly string[]).includes(since));
  const choose = (value: string | null) => {
    if (value === "custom") set({ since: momentOf(since || "24h", new Date()) ?? "", until: "" });
    else set({ since: value === "any" || !value ? "" : value, until: "" });
  };
  return (
    <>
      <Select
        label={t("range.label")}
        value={custom ? "custom" : since || "any"}
        onChange={choose}
        allowDeselect={false}
        data={[
          { value: "any", label: t("range.any") },
          ...presets.map((p) => ({ value: p, label: t(`range.${p}`) })),
          { value: "custom", label: t("range.custom") },
        ]}
      />
      {custom && (
        <>
          <TextInput type="datetime-local" label={t("range.since")} value={localOf(since)} onChange={(e) => set({ since: isoOf(e.currentTarget.value), until })} />
          <TextInput type="datetime-local" label={t("range.until")} value={localOf(until)} onChange={(e) => set({ since, until: isoOf(e.currentTarget.value) })} />
        </>
      )}
    </>
  );
}
