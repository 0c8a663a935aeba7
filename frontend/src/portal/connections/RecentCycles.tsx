import { Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { Go, useTenantPath } from "../../app/tenant";
import { Section } from "../../ui/Page";
import { Loaded } from "../../ui/State";
import { Tag } from "../../ui/Status";
import { Time } from "../../ui/Time";
import { useConnection, useConnectionParams } from "./connection";
import css from "./connections.module.css";
import { useNumber } from "./words";

/** What came lately, one line for each run of requests. */
export function RecentCycles() {
  const { t } = useTranslation("connections");
  const path = useConnectionParams();
  const tenant = useTenantPath();
  const { connection } = useConnection();
  const number = useNumber();
  const query = api.useQuery(
    "get",
    "/api/v1/tenants/{tenant}/connections/{connection}/cycles",
    { params: { path, query: { limit: 5 } } },
    { refetchInterval: 15_000 },
  );
  return (
    <Section
      title={t("cycles.title")}
      text={t("cycles.text")}
      actions={
        <Go to={tenant("activity")} search={{ connection: connection.id }} size="sm">
          {t("cycles.all")}
        </Go>
      }
    >
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Text c="dimmed">{t("cycles.none")}</Text>
          ) : (
            <ul className={css.cycles}>
              {items.map((c) => (
                <li key={c.id}>
                  <Stack gap={2}>
                    <Go to={tenant("activity", "cycles", connection.id, c.id)} c="var(--mantine-color-text)" lineClamp={3}>
                      {c.sentence}
                    </Go>
                    <Group gap="xs">
                      <Text size="sm" c="dimmed">
                        <Time at={c.ended_at} /> · {t("cycles.requests", { count: c.requests, requests: number(c.requests) })}
                      </Text>
                      {c.running && <Tag color="blue" text={t("cycles.running")} />}
                      {c.refused > 0 && <Tag color="yellow" text={t("cycles.refused", { count: c.refused, refused: number(c.refused) })} />}
                      {c.failed > 0 && <Tag color="red" text={t("cycles.failed", { count: c.failed, failed: number(c.failed) })} />}
                    </Group>
                  </Stack>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  );
}
