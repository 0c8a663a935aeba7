import { useTranslation } from "react-i18next";

import { AuditList } from "../../portal/access";
import { PageHeader } from "../../ui/Page";

/** What was changed in the installation itself, and by whom. */
export function AuditPage() {
  const { t } = useTranslation("settings");
  return (
    <>
      <PageHeader title={t("audit.title")} text={t("audit.text")} />
      <AuditList source="installation" />
    </>
  );
}
