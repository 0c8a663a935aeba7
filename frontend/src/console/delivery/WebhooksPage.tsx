import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus, IconSend } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { useList } from "../../api/list";
import { Go } from "../../app/tenant";
import { type Column, DataList } from "../../ui/DataList";
import { PageHeader } from "../../ui/Page";
import { ShownOnce } from "../../ui/ShownOnce";
import { Empty } from "../../ui/State";
import { Time } from "../../ui/Time";
import { TenantName } from "../TenantPicker";
import { WebhookDialog } from "./WebhookDialog";
import { WebhookStatus } from "./WebhookStatus";

type Webhook = Schemas["Webhook"];

/** V6: where events go. */
export function WebhooksPage() {
  const { t } = useTranslation("delivery");
  const [creating, { open, close }] = useDisclosure(false);
  const [made, setMade] = useState<Webhook | null>(null);
  const list = useList("/api/v1/webhooks", { params: { query: { limit: 50 } } }, { refetchInterval: 15_000 });
  const create = (
    <Button leftSection={<IconPlus size={18} />} onClick={open}>
      {t("create")}
    </Button>
  );
  return (
    <>
      <PageHeader title={t("title")} text={t("text")} actions={create} />
      <DataList
        label={t("title")}
        columns={useColumns()}
        list={list}
        rowKey={(w) => w.id}
        empty={<Empty title={t("empty")} text={t("empty_text")} icon={<IconSend size={26} />} action={create} />}
      />
      {creating && <WebhookDialog close={close} made={setMade} />}
      {made?.secret && <ShownOnce title={t("secret.made")} label={t("secret.label")} secret={made.secret} close={() => setMade(null)} />}
    </>
  );
}

function useColumns(): Column<Webhook>[] {
  const { t } = useTranslation("delivery");
  return [
    {
      key: "url",
      header: t("url"),
      width: "minmax(12rem, 2fr)",
      cell: (w) => (
        <div>
          <Go to={`/console/delivery/${w.id}`} data-row fw={600}>
            {w.description || w.url}
          </Go>
          {w.description && (
            <Text size="xs" c="dimmed">
              {w.url}
            </Text>
          )}
        </div>
      ),
    },
    { key: "tenant", header: t("of"), width: "minmax(7rem, 1fr)", cell: (w) => (w.tenant_id ? <TenantName id={w.tenant_id} /> : t("of_all")) },
    { key: "types", header: t("types"), width: "minmax(7rem, 1fr)", cell: (w) => (w.types.length ? t("types_some", { count: w.types.length }) : t("types_all")) },
    { key: "delivered", header: t("last"), width: "9rem", cell: (w) => <Time at={w.last_delivered_at} /> },
    { key: "status", header: t("status"), width: "9rem", cell: (w) => <WebhookStatus status={w.status} failing={w.failing_since !== null} /> },
  ];
}
