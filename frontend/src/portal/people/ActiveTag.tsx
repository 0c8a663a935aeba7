import { IconCircleCheck, IconUserOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { Tag } from "../../ui/Status";

/** Whether somebody may work. */
export function ActiveTag({ active }: { active: boolean }) {
  const { t } = useTranslation("people");
  if (active) return <Tag color="teal" icon={<IconCircleCheck size={14} aria-hidden />} text={t("active")} />;
  return <Tag color="gray" icon={<IconUserOff size={14} aria-hidden />} text={t("inactive")} />;
}
