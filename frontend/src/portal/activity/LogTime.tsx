import { Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { absolute, inUTC } from "../../ui/time";
import { logTime } from "./format";

/** A time as a log has it: to the second, with its date unless it is today; UTC on hover and focus. */
export function LogTime({ at }: { at: string }) {
  const { t, i18n } = useTranslation();
  const time = new Date(at);
  return (
    <Tooltip label={`${absolute(time, i18n.language)} · ${t("time.utc", { time: inUTC(time) })}`}>
      <time dateTime={at} tabIndex={0} style={{ fontVariantNumeric: "tabular-nums" }}>
        {logTime(time, new Date(), i18n.language)}
      </time>
    </Tooltip>
  );
}
