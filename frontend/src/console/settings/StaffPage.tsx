import { Button, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh, useList } from "../../api/list";
import { useSession } from "../../app/session";
import { Confirm } from "../../ui/Confirm";
import { CopyField } from "../../ui/Copy";
import { type Column, DataList } from "../../ui/DataList";
import { PageHeader, Section } from "../../ui/Page";
import { Time } from "../../ui/Time";

type Live = Schemas["LiveSession"];

/** Who of the vendor's people is signed in, and how others get in. */
export function StaffPage() {
  const { t } = useTranslation("settings");
  const own = useSession();
  const [ending, setEnding] = useState<Live | null>(null);
  const list = useList("/api/v1/staff-sessions", { params: { query: { limit: 50 } } }, { refetchInterval: 15_000 });
  const columns: Column<Live>[] = [
    {
      key: "name",
      header: t("staff.name"),
      width: "minmax(10rem, 1.5fr)",
      cell: (s) => (
        <div>
          <Text fw={600}>{s.id === own.id ? t("staff.you", { name: s.name }) : s.name}</Text>
          {s.email && (
            <Text size="xs" c="dimmed">
              {s.email}
            </Text>
          )}
        </div>
      ),
    },
    { key: "roles", header: t("staff.roles"), width: "minmax(6rem, 1fr)", cell: (s) => s.roles.join(", ") },
    { key: "address", header: t("staff.address"), width: "minmax(7rem, 1fr)", cell: (s) => s.address },
    { key: "seen", header: t("staff.seen"), width: "8rem", cell: (s) => <Time at={s.seen_at} /> },
    { key: "expires", header: t("staff.expires"), width: "8rem", cell: (s) => <Time at={s.expires_at} /> },
    {
      key: "end",
      header: t("staff.end"),
      width: "8rem",
      align: "end",
      cell: (s) => (
        <Button variant="default" size="xs" onClick={() => setEnding(s)} aria-label={t("staff.end_named", { name: s.name })}>
          {t("staff.end")}
        </Button>
      ),
    },
  ];
  return (
    <>
      <PageHeader title={t("staff.title")} text={t("staff.text")} />
      <Stack gap="lg">
        <DataList label={t("staff.title")} columns={columns} list={list} rowKey={(s) => s.id} />
        <Section title={t("staff.invite")} text={t("staff.invite_text")}>
          <CopyField label={t("staff.command")} value="roster login-link --role support --email jane@example.com --expires 24h" hint={t("staff.command_hint")} />
        </Section>
      </Stack>
      {ending && <End session={ending} close={() => setEnding(null)} />}
    </>
  );
}

function End({ session, close }: { session: Live; close: () => void }) {
  const { t } = useTranslation("settings");
  const queries = useQueryClient();
  const end = api.useMutation("delete", "/api/v1/staff-sessions/{session}", {
    onSuccess: () => {
      notifications.show({ message: t("staff.was_ended", { name: session.name }) });
      void refresh(queries, "/api/v1/staff-sessions", "/api/v1/session");
      close();
    },
  });
  return (
    <Confirm
      opened
      close={close}
      title={t("staff.end_named", { name: session.name })}
      action={t("staff.end")}
      danger
      busy={end.isPending}
      error={end.error}
      confirm={() => end.mutate({ params: { path: { session: session.id } } })}
    >
      {t("staff.end_text")}
    </Confirm>
  );
}
