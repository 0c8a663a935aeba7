import { Text } from "@mantine/core";
import { IconEye, IconEyeCheck, IconEyeOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { useList } from "../../api/list";
import { useTenant } from "../../app/tenant";
import { type Column, DataList } from "../../ui/DataList";
import { Empty } from "../../ui/State";
import { Tag } from "../../ui/Status";
import { Time } from "../../ui/Time";
import css from "./access.module.css";
import { Whence } from "./Agent";
import { lookOf } from "./look";
import { Roles } from "./Roles";

/** When the vendor's own people looked into the tenant, and whether they saw personal data. */
export function LooksTab() {
  const { t } = useTranslation("access");
  const { id: tenant, name } = useTenant();
  const list = useList("/api/v1/tenants/{tenant}/audit", { params: { path: { tenant }, query: { action: "support.looked" } } }, { refetchInterval: 15_000 });
  const columns: Column<Schemas["AuditEntry"]>[] = [
    { key: "who", header: t("looks.who"), width: "minmax(6rem, 1.5fr)", cell: (e) => <Text span fw={600} inherit>{e.actor_name ?? e.actor}</Text> },
    { key: "as", header: t("looks.as"), width: "minmax(6rem, 1fr)", cell: (e) => <Roles roles={lookOf(e).roles} /> },
    { key: "when", header: t("looks.when"), width: "minmax(6rem, 1fr)", cell: (e) => <Time at={e.at} /> },
    {
      key: "what",
      header: t("looks.what"),
      width: "7rem",
      cell: (e) =>
        lookOf(e).masked ? <Tag color="teal" icon={<IconEyeOff size={14} aria-hidden />} text={t("looks.masked")} /> : <Tag color="yellow" icon={<IconEye size={14} aria-hidden />} text={t("looks.full")} />,
    },
    { key: "where", header: t("looks.where"), width: "minmax(6rem, 1fr)", cell: (e) => <Whence address={e.address} userAgent={e.user_agent} /> },
  ];
  return (
    <>
      <Text c="dimmed" mb="md">
        {t("looks.text", { tenant: name })}
      </Text>
      <div className={css.log}>
        <DataList
          label={t("looks.label")}
          columns={columns}
          list={list}
          rowKey={(e) => String(e.number)}
          empty={<Empty title={t("looks.empty")} text={t("looks.empty_text", { tenant: name })} icon={<IconEyeCheck size={26} />} />}
        />
      </div>
    </>
  );
}
