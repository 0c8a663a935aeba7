import { IconAlertTriangle, IconBan, IconCircleCheck, IconClock, IconPlayerPause } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { Tag } from "../../ui/Status";

const looks = {
  active: ["teal", IconCircleCheck],
  retrying: ["yellow", IconClock],
  paused: ["gray", IconPlayerPause],
  failing: ["red", IconAlertTriangle],
  gone: ["red", IconBan],
} as const;

/** How a webhook is doing; an active one may be retrying. */
export function WebhookStatus({ status, failing }: { status: Schemas["WebhookStatus"]; failing: boolean }) {
  const { t } = useTranslation("delivery");
  const state = status === "active" && failing ? "retrying" : status;
  const [color, Icon] = looks[state];
  return <Tag color={color} icon={<Icon size={14} aria-hidden />} text={t(`state.${state}`)} />;
}

const outcomes = {
  delivered: ["teal", IconCircleCheck],
  retrying: ["yellow", IconClock],
  given_up: ["red", IconAlertTriangle],
} as const;

/** What became of an attempt, with the status of the answer. */
export function Outcome({ delivery }: { delivery: Pick<Schemas["Delivery"], "outcome" | "status"> }) {
  const { t } = useTranslation("delivery");
  const [color, Icon] = outcomes[delivery.outcome];
  return <Tag color={color} icon={<Icon size={14} aria-hidden />} text={[t(`outcome.${delivery.outcome}`), delivery.status].filter(Boolean).join(" · ")} />;
}
