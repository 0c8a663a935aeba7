import { IconArrowLeft } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { GoButton, useTenantPath } from "../../app/tenant";
import css from "./setup.module.css";
import type { Step } from "./steps";

/** Back, and what leads on. */
export function StepButtons({ connection, back, children }: { connection: string; back?: Step; children?: ReactNode }) {
  const { t } = useTranslation();
  const path = useTenantPath();
  return (
    <div className={css.buttons}>
      {back && (
        <GoButton to={path("connections", connection, "setup", back)} variant="default" leftSection={<IconArrowLeft size={16} />}>
          {t("actions.back")}
        </GoButton>
      )}
      {children}
    </div>
  );
}
