import { Alert } from "@mantine/core";
import { IconEye } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useCan, useSession } from "../../app/session";

/** useWho is whom to ask for a permission. */
export function useWho(): string {
  const { t } = useTranslation("setup");
  return useSession().kind === "portal" ? t("who.portal") : t("who.staff");
}

/** Tells those who may look but not change why there are no buttons. */
export function ReadOnly() {
  const { t } = useTranslation();
  const who = useWho();
  if (useCan()("provisioning:create")) return null;
  return (
    <Alert mb="md" color="gray" variant="light" icon={<IconEye size={18} />}>
      {t("permission.missing", { permission: "provisioning:create", who })}
    </Alert>
  );
}
