import { Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { useCan } from "../../app/session";
import { Go, useTenant, useTenantPath } from "../../app/tenant";
import type { Column } from "../../ui/DataList";
import { ConnectionStatus, Tag } from "../../ui/Status";
import { Time } from "../../ui/Time";
import { Restore } from "./Restore";
import { Day, TokenText, UsualGap } from "./parts";
import { leadsTo } from "./wording";
import { useNumber } from "./words";

type Health = Schemas["ConnectionHealth"];

/** The columns of the list of connections. */
export function useColumns(shown: Health[]): Column<Health>[] {
  const { t } = useTranslation("connections");
  const until = useRestorableUntil(shown.some((h) => h.status === "deleting"));
  return [
    { key: "name", header: t("list.connection"), width: "minmax(0, 2.2fr)", cell: (h) => <Name health={h} /> },
    { key: "status", header: t("list.status"), width: "minmax(8.25rem, 1.15fr)", cell: (h) => <StatusCell health={h} until={until.get(h.connection.id)} /> },
    { key: "people", header: t("list.directory"), width: "minmax(0, 1.15fr)", cell: (h) => <Directory health={h} /> },
    { key: "last", header: t("list.last_request"), width: "minmax(0, 1.1fr)", cell: (h) => <LastRequest health={h} /> },
    { key: "token", header: t("list.token"), width: "minmax(0, 1fr)", cell: (h) => <TokenText token={h.token} /> },
    { key: "problems", header: t("list.problems"), width: "minmax(5.75rem, 0.7fr)", cell: (h) => <Problems health={h} /> },
  ];
}

/** useRestorableUntil is until when deleted connections can be had back, by their ids. */
function useRestorableUntil(enabled: boolean): Map<string, string> {
  const { id: tenant } = useTenant();
  const query = api.useQuery(
    "get",
    "/api/v1/tenants/{tenant}/connections",
    { params: { path: { tenant }, query: { deleted: true, limit: 200 } } },
    { enabled },
  );
  return new Map(query.data?.items.flatMap((c) => (c.restorable_until ? [[c.id, c.restorable_until]] : [])));
}

function Name({ health }: { health: Health }) {
  const { t } = useTranslation(["connections", "common"]);
  const path = useTenantPath();
  const can = useCan();
  const next = leadsTo(health, can("provisioning:create"));
  return (
    <Stack gap={2}>
      <Group gap="xs">
        <Go to={path("connections", health.connection.id, ...next)} fw={600} data-row>
          {health.connection.name}
        </Go>
        <Text span size="sm" c="dimmed">
          {t(`common:provider.${health.connection.provider}`)}
        </Text>
      </Group>
      <Text size="sm" c="dimmed">
        {health.reason}
      </Text>
    </Stack>
  );
}

function StatusCell({ health, until }: { health: Health; until: string | undefined }) {
  const { t } = useTranslation("connections");
  const can = useCan();
  const next = leadsTo(health, can("provisioning:create"));
  return (
    <Stack gap={6} align="flex-start">
      <ConnectionStatus status={health.status} />
      {health.status === "deleting" && until && (
        <Text size="sm" c="dimmed">
          {t("list.undo_until")} <Day at={until} />
        </Text>
      )}
      {health.status === "deleting" && can("provisioning:delete") && (
        <Restore connection={health.connection.id} name={health.connection.name} />
      )}
      {next.length > 0 && (
        <Text size="sm" c="var(--mantine-color-anchor)" aria-hidden>
          {t("list.continue")}
        </Text>
      )}
    </Stack>
  );
}

function Directory({ health }: { health: Health }) {
  const { t } = useTranslation("connections");
  const number = useNumber();
  const { total, active } = health.people;
  return (
    <Stack gap={0}>
      <Text>{total === 0 ? t("list.no_people") : t("list.active_of", { active: number(active), total: number(total) })}</Text>
      <Text size="sm" c="dimmed">
        {t("list.group_count", { count: health.groups, groups: number(health.groups) })}
      </Text>
    </Stack>
  );
}

function LastRequest({ health }: { health: Health }) {
  const { t } = useTranslation("connections");
  return (
    <Stack gap={0}>
      <Time at={health.last_request?.at} never={t("list.nothing_yet")} />
      {health.last_request && <UsualGap seconds={health.usual_gap_seconds} />}
    </Stack>
  );
}

function Problems({ health }: { health: Health }) {
  const { t } = useTranslation("connections");
  const path = useTenantPath();
  if (health.problems === 0) {
    return (
      <Text span c="dimmed">
        {t("list.no_problems")}
      </Text>
    );
  }
  return (
    <Go to={path("connections", health.connection.id)} aria-label={t("list.problems_of", { count: health.problems, name: health.connection.name })}>
      <Tag color="red" text={t("list.problem_count", { count: health.problems })} />
    </Go>
  );
}
