import { Button, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh, useList } from "../../api/list";
import { Confirm } from "../../ui/Confirm";
import { type Column, DataList } from "../../ui/DataList";
import { PageHeader } from "../../ui/Page";
import { ShownOnce } from "../../ui/ShownOnce";
import { Empty } from "../../ui/State";
import { Tag } from "../../ui/Status";
import { Time } from "../../ui/Time";
import { TenantName } from "../TenantPicker";
import { Issuers } from "./Issuers";
import { NewKey } from "./NewKey";

type Key = Schemas["APIKey"];
const colors = { active: "teal", expired: "gray", revoked: "red" } as const;

/** The keys of the vendor's own programs, and whose tokens are trusted besides. */
export function KeysPage() {
  const { t } = useTranslation("settings");
  const [creating, { open, close }] = useDisclosure(false);
  const [made, setMade] = useState<Key | null>(null);
  const [ending, setEnding] = useState<Key | null>(null);
  const list = useList("/api/v1/api-keys", { params: { query: { limit: 50 } } });
  const create = (
    <Button leftSection={<IconPlus size={18} />} onClick={open}>
      {t("keys.create")}
    </Button>
  );
  return (
    <>
      <PageHeader title={t("keys.title")} text={t("keys.text")} actions={create} />
      <Stack gap="lg">
        <DataList
          label={t("keys.title")}
          columns={useColumns(setEnding)}
          list={list}
          rowKey={(key) => key.id}
          empty={<Empty title={t("keys.empty")} text={t("keys.empty_text")} icon={<IconKey size={26} />} action={create} />}
        />
        <Issuers />
      </Stack>
      {creating && <NewKey close={close} made={setMade} />}
      {made?.secret && <ShownOnce title={t("keys.made", { name: made.name })} label={t("keys.key")} secret={made.secret} close={() => setMade(null)} />}
      {ending && <Revocation apiKey={ending} close={() => setEnding(null)} />}
    </>
  );
}

function useColumns(revoke: (key: Key) => void): Column<Key>[] {
  const { t } = useTranslation("settings");
  const { t: common } = useTranslation();
  return [
    {
      key: "name",
      header: t("keys.name"),
      width: "minmax(10rem, 1.5fr)",
      cell: (k) => (
        <div>
          <Text fw={600}>{k.name}</Text>
          <Text size="xs" c="dimmed" ff="monospace">{`${k.prefix}…${k.last_four}`}</Text>
        </div>
      ),
    },
    {
      key: "permissions",
      header: t("keys.permissions"),
      width: "minmax(10rem, 2fr)",
      cell: (k) => (
        <div>
          <Text size="sm">{k.permissions.join(", ")}</Text>
          <Text size="xs" c="dimmed">
            {k.tenant_id ? <TenantName id={k.tenant_id} /> : t("keys.all_tenants")}
          </Text>
        </div>
      ),
    },
    { key: "used", header: t("keys.used"), width: "8rem", cell: (k) => <Time at={k.last_used_at} /> },
    { key: "expires", header: t("keys.expires"), width: "8rem", cell: (k) => <Time at={k.expires_at} /> },
    { key: "state", header: t("keys.state"), width: "7rem", cell: (k) => <Tag color={colors[k.state]} text={t(`keys.states.${k.state}`)} /> },
    {
      key: "revoke",
      header: common("actions.revoke"),
      width: "7rem",
      align: "end",
      cell: (k) =>
        k.state === "active" ? (
          <Button variant="default" size="xs" onClick={() => revoke(k)} aria-label={t("keys.revoke_named", { name: k.name })}>
            {common("actions.revoke")}
          </Button>
        ) : (
          "–"
        ),
    },
  ];
}

function Revocation({ apiKey, close }: { apiKey: Key; close: () => void }) {
  const { t } = useTranslation("settings");
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const revoke = api.useMutation("delete", "/api/v1/api-keys/{key}", {
    onSuccess: () => {
      notifications.show({ message: t("keys.was_revoked", { name: apiKey.name }) });
      void refresh(queries, "/api/v1/api-keys");
      close();
    },
  });
  return (
    <Confirm
      opened
      close={close}
      title={t("keys.revoke_title", { name: apiKey.name })}
      action={common("actions.revoke")}
      danger
      busy={revoke.isPending}
      error={revoke.error}
      confirm={() => revoke.mutate({ params: { path: { key: apiKey.id } } })}
    >
      {t("keys.revoke_text")}
    </Confirm>
  );
}
