import { IconCircleCheck, IconPlayerPause, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { Tag } from "../../ui/Status";

const looks = {
  active: ["teal", IconCircleCheck],
  suspended: ["yellow", IconPlayerPause],
  deleted: ["red", IconTrash],
} as const;

/** Whether a customer may use what it has. */
export function TenantStatus({ status }: { status: Schemas["TenantStatus"] }) {
  const { t } = useTranslation("console");
  const [color, Icon] = looks[status];
  return <Tag color={color} icon={<Icon size={14} aria-hidden />} text={t(`tenants.state.${status}`)} />;
}
