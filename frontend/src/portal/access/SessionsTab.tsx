import { Button, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconUsers } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh, useList } from "../../api/list";
import { useSession } from "../../app/session";
import { Go, GoButton, useTenant, useTenantPath } from "../../app/tenant";
import { Confirm } from "../../ui/Confirm";
import { type Column, DataList } from "../../ui/DataList";
import { Empty } from "../../ui/State";
import { Tag } from "../../ui/Status";
import { Time } from "../../ui/Time";
import css from "./access.module.css";
import { Whence } from "./Agent";
import { Roles } from "./Roles";

type Live = Schemas["LiveSession"];

/** Who has these pages open now. */
export function SessionsTab() {
  const { t } = useTranslation("access");
  const { id: tenant } = useTenant();
  const path = useTenantPath();
  const [ending, end] = useState<Live | null>(null);
  const list = useList("/api/v1/tenants/{tenant}/sessions", { params: { path: { tenant } } }, { refetchInterval: 15_000 });
  return (
    <>
      <Text c="dimmed" mb="md">
        {t("sessions.text")}
      </Text>
      <div className={css.log}>
        <DataList
          label={t("sessions.label")}
          columns={useColumns(end)}
          list={list}
          rowKey={(s) => s.id}
          empty={
            <Empty
              title={t("sessions.empty")}
              text={t("sessions.empty_text")}
              icon={<IconUsers size={26} />}
              action={<GoButton to={path("access", "invitations")}>{t("links.new")}</GoButton>}
            />
          }
        />
      </div>
      {ending && <End session={ending} close={() => end(null)} />}
    </>
  );
}

function useColumns(end: (session: Live) => void): Column<Live>[] {
  const { t } = useTranslation("access");
  const { name: tenant } = useTenant();
  const { id: own } = useSession();
  const path = useTenantPath();
  return [
    {
      key: "who",
      header: t("sessions.who"),
      width: "minmax(6rem, 1.6fr)",
      cell: (s) => (
        <>
          <Text span fw={600} inherit>
            {s.name}
          </Text>{" "}
          {s.id === own && <Tag color="blue" text={t("sessions.you")} />}
          {s.email && (
            <Text size="sm" c="dimmed">
              {s.email}
            </Text>
          )}
        </>
      ),
    },
    {
      key: "roles",
      header: t("sessions.roles"),
      width: "minmax(6rem, 1.3fr)",
      cell: (s) => (
        <>
          <Roles roles={s.roles} />
          <Text size="sm" c="dimmed">
            {s.connection ? <Go to={path("connections", s.connection.id)}>{s.connection.name}</Go> : t("sessions.whole", { tenant })}
          </Text>
        </>
      ),
    },
    {
      key: "source",
      header: t("sessions.source"),
      width: "5.5rem",
      cell: (s) =>
        s.link_id ? (
          <Go to={path("access", "invitations")} search={{ link: s.link_id }}>
            {t("sessions.from_link")}
          </Go>
        ) : (
          t("sessions.from_app")
        ),
    },
    { key: "seen", header: t("sessions.seen"), width: "6rem", cell: (s) => <Time at={s.seen_at} /> },
    { key: "where", header: t("sessions.where"), width: "minmax(6.5rem, 1fr)", cell: (s) => <Whence address={s.address} userAgent={s.user_agent} /> },
    {
      key: "actions",
      header: t("sessions.actions"),
      width: "5.5rem",
      align: "end",
      cell: (s) => (
        <Button size="compact-sm" variant="default" aria-label={t("sessions.end_label", { name: s.name })} onClick={() => end(s)}>
          {t("sessions.end")}
        </Button>
      ),
    },
  ];
}

function End({ session, close }: { session: Live; close: () => void }) {
  const { t } = useTranslation("access");
  const { id: tenant } = useTenant();
  const queries = useQueryClient();
  const revoke = api.useMutation("delete", "/api/v1/tenants/{tenant}/sessions/{session}", {
    onSuccess: async () => {
      notifications.show({ message: t("sessions.ended", { name: session.name }) });
      close();
      await refresh(queries, "/api/v1/tenants/{tenant}/sessions");
    },
  });
  return (
    <Confirm
      opened
      danger
      close={close}
      title={t("sessions.end_title")}
      action={t("sessions.end")}
      busy={revoke.isPending}
      error={revoke.error}
      confirm={() => revoke.mutate({ params: { path: { tenant, session: session.id } } })}
    >
      {t("sessions.end_text", { name: session.name })}
    </Confirm>
  );
}
