import { Button, Group, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { CopyButton } from "../../ui/Copy";
import { Facts } from "../../ui/Page";
import page from "../../ui/page.module.css";
import css from "./access.module.css";
import { useActorName } from "./Actor";
import { type Change, changesOf } from "./audit";

/** What changed, and everything else that an entry keeps. */
export function AuditDetails({ entry, narrow }: { entry: Schemas["AuditEntry"]; narrow: (change: { actor?: string; target?: string }) => void }) {
  const { t } = useTranslation("access");
  const actor = useActorName()(entry);
  const changes = changesOf(entry.changes as Record<string, unknown>);
  const target = entry.target?.id;
  return (
    <div className={css.details}>
      {changes.length > 0 ? (
        <Changes changes={changes} />
      ) : (
        <Text size="sm" c="dimmed">
          {t("audit.nothing")}
        </Text>
      )}
      <Facts
        items={[
          [t("audit.number"), `${entry.number} · ${entry.action}`],
          [t("audit.target_id"), target && <Id value={target} what={t("audit.target_id")} />],
          [t("audit.request"), entry.request_id && <Id value={entry.request_id} what={t("audit.request")} />],
          [t("audit.agent"), entry.user_agent],
          [t("audit.hash"), entry.hash && <span className={page.mono}>{entry.hash}</span>],
        ]}
      />
      <Group gap="xs">
        <Button size="compact-sm" variant="default" onClick={() => narrow({ actor: entry.actor })}>
          {t("audit.only_actor", { name: actor })}
        </Button>
        {target && (
          <Button size="compact-sm" variant="default" onClick={() => narrow({ target })}>
            {t("audit.only_target")}
          </Button>
        )}
      </Group>
    </div>
  );
}

function Id({ value, what }: { value: string; what: string }) {
  return (
    <Group gap={4} wrap="nowrap">
      <span className={page.mono}>{value}</span>
      <CopyButton value={value} what={what} />
    </Group>
  );
}

function Changes({ changes }: { changes: Change[] }) {
  const { t } = useTranslation("access");
  return (
    <Table.ScrollContainer minWidth={360} type="native" tabIndex={0} role="group" aria-label={t("audit.details")}>
      <Table verticalSpacing={4} fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("audit.member")}</Table.Th>
            <Table.Th>{t("audit.before")}</Table.Th>
            <Table.Th>{t("audit.after")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {changes.map((c) => (
            <Table.Tr key={c.name}>
              <Table.Th scope="row" fw={500}>
                {c.name}
              </Table.Th>
              <Table.Td className={`${css.value} ${css.before}`}>{c.removed > 0 ? t("audit.removed", { count: c.removed }) : (c.before ?? "–")}</Table.Td>
              <Table.Td className={css.value}>{c.added > 0 ? t("audit.added", { count: c.added }) : (c.after ?? "–")}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
