import { IconAlertTriangle, IconCheck, IconEqual, IconHandStop } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { Tag } from "../../ui/Status";

const looks = {
  done: ["teal", IconCheck],
  unchanged: ["gray", IconEqual],
  refused: ["red", IconHandStop],
  failed: ["grape", IconAlertTriangle],
} as const;

/** What came of a request, with the HTTP status of its answer. */
export function OutcomeTag({ outcome, status }: { outcome: Schemas["RequestOutcome"]; status?: number }) {
  const { t } = useTranslation("activity");
  const [color, Icon] = looks[outcome];
  const word = t(`outcome.${outcome}`);
  return <Tag color={color} icon={<Icon size={14} aria-hidden />} text={status === undefined ? word : `${word} · ${status}`} />;
}
