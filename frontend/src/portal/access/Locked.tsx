import { IconLock } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useBrand } from "../../app/brand";
import { type Permission, useCan } from "../../app/session";
import { GoButton, useTenant, useTenantPath } from "../../app/tenant";
import { Empty } from "../../ui/State";

/** Stands where the viewer may not look: which permission it needs, and whom to ask. */
export function Locked({ permission }: { permission: Permission }) {
  const { t } = useTranslation("access");
  const { productName } = useBrand();
  const { name } = useTenant();
  const path = useTenantPath();
  const can = useCan();
  const who = permission === "links:manage" ? t("locked.who_vendor", { product: productName }) : t("locked.who_admin", { tenant: name });
  return (
    <Empty
      title={t("locked.title")}
      text={t("locked.text", { permission, who })}
      icon={<IconLock size={26} />}
      action={
        permission === "links:manage" &&
        can("audit:read") && (
          <GoButton to={path("access", "audit")} search={{ action: "session.started" }} variant="default">
            {t("locked.see_audit")}
          </GoButton>
        )
      }
    />
  );
}
