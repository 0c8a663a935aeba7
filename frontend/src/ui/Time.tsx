import { Text, Tooltip } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

import { absolute, inUTC, relative } from "./time";

const listeners = new Set<() => void>();
let now = new Date();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void) {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = new Date();
    for (const l of listeners) l();
  }, 20_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/**
 * A time: how long ago, or with `exact` when, in the viewer's zone; UTC on hover
 * and focus. Nothing stands for never.
 */
export function Time({ at, exact = false, never }: { at: string | null | undefined; exact?: boolean; never?: string }) {
  const { t, i18n } = useTranslation();
  const seen = useSyncExternalStore(subscribe, () => now);
  if (!at) return <Text span inherit>{never ?? t("time.never")}</Text>;
  const time = new Date(at);
  // What happened after the last tick is not in the future.
  const reference = time > seen && time <= new Date() ? time : seen;
  const text = exact ? absolute(time, i18n.language) : (relative(time, reference, i18n.language) ?? t("time.now"));
  return (
    <Tooltip label={`${exact ? "" : `${absolute(time, i18n.language)} · `}${t("time.utc", { time: inUTC(time) })}`}>
      <time dateTime={at} tabIndex={0}>
        {text}
      </time>
    </Tooltip>
  );
}
