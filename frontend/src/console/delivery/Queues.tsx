import { Button, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconRewindBackward10 } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { useList } from "../../api/list";
import { type Column, DataList } from "../../ui/DataList";
import { Empty } from "../../ui/State";
import { Tag } from "../../ui/Status";
import { Time } from "../../ui/Time";
import { ReplayDialog } from "./ReplayDialog";

type Queue = Schemas["Queue"];
const colors = { idle: "teal", sending: "blue", waiting: "yellow", paused: "gray" } as const;

/** How far the webhook is with each tenant's events. Sequences have no gaps. */
export function Queues({ webhook }: { webhook: Schemas["Webhook"] }) {
  const { t, i18n } = useTranslation("delivery");
  const [replaying, { open, close }] = useDisclosure(false);
  const list = useList("/api/v1/webhooks/{webhook}/queues", { params: { path: { webhook: webhook.id }, query: { limit: 50 } } }, { refetchInterval: 5_000 });
  const number = new Intl.NumberFormat(i18n.language);
  const columns: Column<Queue>[] = [
    {
      key: "tenant",
      header: t("tenant_column"),
      width: "minmax(9rem, 1.5fr)",
      cell: (q) => (
        <div>
          <Text fw={600}>{q.tenant.name}</Text>
          {q.replay_id && (
            <Text size="xs" c="dimmed">
              {t("replay.one")}
            </Text>
          )}
        </div>
      ),
    },
    { key: "state", header: t("status"), width: "8rem", cell: (q) => <Tag color={colors[q.state]} text={t(`queue.${q.state}`)} /> },
    { key: "sequence", header: t("queue.done"), width: "8rem", align: "end", cell: (q) => t("queue.of", { done: number.format(q.sequence), latest: number.format(q.latest) }) },
    { key: "lag", header: t("queue.lag"), width: "6rem", align: "end", cell: (q) => number.format(q.lag) },
    {
      key: "failure",
      header: t("queue.failure"),
      width: "minmax(8rem, 2fr)",
      cell: (q) =>
        q.last_failure ? (
          <div>
            <Text size="sm">{q.last_failure}</Text>
            {q.next_at && (
              <Text size="xs" c="dimmed" component="div">
                {t("queue.next")} <Time at={q.next_at} />
              </Text>
            )}
          </div>
        ) : (
          "–"
        ),
    },
  ];
  return (
    <Stack>
      <Button variant="default" w="fit-content" leftSection={<IconRewindBackward10 size={18} />} onClick={open}>
        {t("replay.title")}
      </Button>
      <DataList label={t("tab.queues")} columns={columns} list={list} rowKey={(q) => `${q.tenant.id} ${q.replay_id ?? ""}`} empty={<Empty title={t("no_queues")} text={t("no_queues_text")} />} />
      {replaying && <ReplayDialog webhook={webhook} close={close} />}
    </Stack>
  );
}
