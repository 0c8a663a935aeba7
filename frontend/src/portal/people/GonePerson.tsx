import { IconUserX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useList } from "../../api/list";
import { GoButton, useTenant, useTenantPath } from "../../app/tenant";
import { PageHeader, PageSkeleton } from "../../ui/Page";
import { Empty } from "../../ui/State";
import { HistoryTab } from "./HistoryTab";

/** Somebody who is not here any more: what happened to them is still known. */
export function GonePerson({ id }: { id: string }) {
  const { t } = useTranslation("people");
  const { t: c } = useTranslation();
  const { id: tenant } = useTenant();
  const path = useTenantPath();
  const list = useList("/api/v1/tenants/{tenant}/users/{user}/history", { params: { path: { tenant, user: id } } });
  if (list.isPending) return <PageSkeleton />;
  const name = list.items.find((entry) => entry.target?.name)?.target?.name;
  if (list.items.length === 0) {
    return (
      <>
        <PageHeader title={c("error.gone")} />
        <Empty
          icon={<IconUserX size={26} stroke={1.6} />}
          title={t("gone.none")}
          text={c("error.gone_detail")}
          action={<GoButton to={path("people")}>{t("gone.back")}</GoButton>}
        />
      </>
    );
  }
  return (
    <>
      <PageHeader title={name ?? t("gone.title")} text={t("gone.text")} />
      <HistoryTab user={id} />
    </>
  );
}
