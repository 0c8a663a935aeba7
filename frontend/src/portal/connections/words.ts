import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { useSession } from "../../app/session";

/** useNumber writes numbers as the viewer does. */
export function useNumber(): (value: number) => string {
  const { i18n } = useTranslation();
  const format = new Intl.NumberFormat(i18n.language);
  return (value) => format.format(value);
}

/** useIdp is what an identity provider is called at the beginning of a sentence. */
export function useIdp(): (provider: Schemas["Provider"]) => string {
  const { t } = useTranslation(["connections", "common"]);
  return (provider) => (provider === "generic" ? t("connections:idp") : t(`common:provider.${provider}`));
}

/** useMissing says which permission is missing, and whom to ask. */
export function useMissing(): (permission: Schemas["Permission"]) => string {
  const { t } = useTranslation(["connections", "common"]);
  const { kind } = useSession();
  return (permission) =>
    t("common:permission.missing", { permission, who: kind === "portal" ? t("connections:who.portal") : t("connections:who.staff") });
}
