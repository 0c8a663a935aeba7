import { IconMapOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { Empty } from "../ui/State";

export function NotFound() {
  const { t } = useTranslation();
  return <Empty order={1} title={t("error.gone")} text={t("error.gone_detail")} icon={<IconMapOff size={26} />} />;
}
