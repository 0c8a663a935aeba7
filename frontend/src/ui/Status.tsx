import { Badge } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconClock,
  IconFlask,
  IconKey,
  IconMoonStars,
  IconPencil,
  IconPlayerPause,
  IconTrash,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../api/client";

export type ConnectionState = Schemas["ConnectionHealth"]["status"];

const looks = {
  draft: ["gray", IconPencil],
  waiting: ["blue", IconClock],
  testing: ["blue", IconFlask],
  healthy: ["teal", IconCircleCheck],
  quiet: ["yellow", IconMoonStars],
  failing: ["red", IconAlertTriangle],
  paused: ["gray", IconPlayerPause],
  credentials_expired: ["red", IconKey],
  deleting: ["red", IconTrash],
} as const;

/** How a connection is doing: colour, icon and word, never colour alone. */
export function ConnectionStatus({ status }: { status: ConnectionState }) {
  const { t } = useTranslation();
  const [color, Icon] = looks[status];
  return <Tag color={color} icon={<Icon size={14} aria-hidden />} text={t(`status.${status}`)} />;
}

/** A word with a colour and an icon, readable in both themes. */
export function Tag({ color, icon, text }: { color: string; icon?: React.ReactNode; text: string }) {
  return (
    <Badge
      className="tag"
      color={color}
      variant="light"
      leftSection={icon}
      tt="none"
      fw={600}
      radius="sm"
      c={color === "gray" ? "var(--mantine-color-text)" : `light-dark(color-mix(in srgb, var(--mantine-color-${color}-9) 65%, #000000), var(--mantine-color-${color}-2))`}
    >
      {text}
    </Badge>
  );
}
