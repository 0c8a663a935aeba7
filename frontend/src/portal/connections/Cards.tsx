import { SimpleGrid, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useCan } from "../../app/session";
import { Go, useTenantPath } from "../../app/tenant";
import { Time } from "../../ui/Time";
import { useConnection, useConnectionPath } from "./connection";
import css from "./connections.module.css";
import { TokenText, UsualGap } from "./parts";
import { useNumber } from "./words";

/** The figures of a connection at one look. */
export function Cards() {
  const { t } = useTranslation("connections");
  const { health, connection } = useConnection();
  const number = useNumber();
  const can = useCan();
  const tenant = useTenantPath();
  const path = useConnectionPath();
  const { people, last_24h: day } = health;
  const seeDirectory = can("directory:read");
  const search = { connection: connection.id };
  return (
    <SimpleGrid cols={{ base: 2, md: 3, lg: 5 }} spacing="md">
      <Card
        title={t("cards.people")}
        value={number(people.active)}
        note={t("cards.inactive", { count: people.total - people.active, inactive: number(people.total - people.active) })}
        link={seeDirectory && <Go to={tenant("people")} search={search}>{t("cards.see_people")}</Go>}
      />
      <Card
        title={t("cards.groups")}
        value={number(health.groups)}
        link={seeDirectory && <Go to={tenant("groups")} search={search}>{t("cards.see_groups")}</Go>}
      />
      <Card
        title={t("cards.requests")}
        value={number(day.requests)}
        note={<Counts />}
        link={<Go to={path("activity")}>{t("cards.see_requests")}</Go>}
      />
      <Card
        title={t("cards.next")}
        value={health.next_expected_at ? <Time at={health.next_expected_at} /> : t("cards.unknown")}
        note={
          <>
            {t("cards.last")} <Time at={health.last_request?.at} never={t("list.nothing_yet")} />
            <UsualGap seconds={health.usual_gap_seconds} />
          </>
        }
        small
      />
      <Card title={t("cards.token")} value={<TokenText token={health.token} />} note={health.token?.name} link={<Go to={path("tokens")}>{t("cards.see_tokens")}</Go>} small />
    </SimpleGrid>
  );
}

function Counts() {
  const { t } = useTranslation("connections");
  const { last_24h: day } = useConnection().health;
  const number = useNumber();
  return (
    <>
      {t("cards.done", { count: day.requests - day.refused - day.failed, done: number(day.requests - day.refused - day.failed) })}
      {" · "}
      <span className={css.tone} data-tone={day.refused > 0 ? "warn" : undefined}>
        {t("cards.refused", { count: day.refused, refused: number(day.refused) })}
      </span>
      {" · "}
      <span className={css.tone} data-tone={day.failed > 0 ? "bad" : undefined}>
        {t("cards.failed", { count: day.failed, failed: number(day.failed) })}
      </span>
    </>
  );
}

interface CardProps {
  title: string;
  value: ReactNode;
  note?: ReactNode;
  link?: ReactNode;
  /** The value is words, not a figure. */
  small?: boolean;
}

function Card({ title, value, note, link, small = false }: CardProps) {
  return (
    <section className={css.figure} aria-label={title}>
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      <div className={css.figureValue} data-small={small || undefined}>
        {value}
      </div>
      {note && (
        <Text component="div" size="sm" c="dimmed">
          {note}
        </Text>
      )}
      {link && (
        <Text component="div" size="sm" mt="auto" pt={6}>
          {link}
        </Text>
      )}
    </section>
  );
}
