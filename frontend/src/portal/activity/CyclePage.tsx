import { Button, Group, Stack, Text } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { useFilters } from "../../app/filters";
import { Go, useTenant, useTenantPath } from "../../app/tenant";
import { Facts, PageHeader, Section } from "../../ui/Page";
import { Sentence } from "../../ui/Sentence";
import { Loaded } from "../../ui/State";
import { Tag } from "../../ui/Status";
import { Time } from "../../ui/Time";
import { noFilters, queryOf } from "./filters";
import { duration } from "./format";
import { meaningsOf, within } from "./meaning";
import { MeaningLine } from "./MeaningLine";
import css from "./activity.module.css";
import { RequestFilterBar } from "./RequestFilterBar";
import { RequestList } from "./RequestList";

/** One sync cycle: what it came to, line by line, and its requests. */
export function CyclePage() {
  const { connection = "", cycle = "" } = useParams({ strict: false });
  const { id: tenant } = useTenant();
  const query = api.useQuery(
    "get",
    "/api/v1/tenants/{tenant}/connections/{connection}/cycles/{cycle}",
    { params: { path: { tenant, connection, cycle } } },
    { refetchInterval: ({ state }) => (state.data?.running ? 10_000 : false) },
  );
  return <Loaded query={query}>{(data) => <Shown cycle={data} />}</Loaded>;
}

function Shown({ cycle }: { cycle: Schemas["Cycle"] }) {
  const { t } = useTranslation("activity");
  const path = useTenantPath();
  return (
    <>
      <Go to={path("activity")} size="sm">
        <Group component="span" gap={4} display="inline-flex" mb="xs">
          <IconArrowLeft size={15} aria-hidden /> {t("cycle.back")}
        </Group>
      </Go>
      <PageHeader
        title={t("cycle.page", { connection: cycle.connection.name })}
        text={<Sentence text={cycle.sentence} />}
        actions={cycle.running && <Tag color="blue" text={t("cycle.running")} />}
      />
      <Stack gap="lg">
        <div className={css.pair}>
          <Happened cycle={cycle} />
          <Numbers cycle={cycle} />
        </div>
        <Own cycle={cycle} />
      </Stack>
    </>
  );
}

function Happened({ cycle }: { cycle: Schemas["Cycle"] }) {
  const { t } = useTranslation("activity");
  return (
    <Section title={t("cycle.happened")}>
      <ul className={css.lines}>
        {meaningsOf(cycle).map((meaning) => (
          <MeaningLine key={meaning.key} cycle={cycle} meaning={meaning} />
        ))}
      </ul>
    </Section>
  );
}

function Numbers({ cycle }: { cycle: Schemas["Cycle"] }) {
  const { t, i18n } = useTranslation("activity");
  const path = useTenantPath();
  const number = new Intl.NumberFormat(i18n.language);
  return (
    <Section title={t("cycle.numbers")} text={t("cycle.what")}>
      <Facts
        items={[
          [t("cycle.connection"), <Go key="c" to={path("connections", cycle.connection.id)}>{cycle.connection.name}</Go>],
          [t("cycle.started"), <Time key="s" at={cycle.started_at} exact />],
          [t("cycle.ended"), <Time key="e" at={cycle.ended_at} exact />],
          [t("cycle.took"), duration(cycle.duration_seconds * 1000, i18n.language)],
          [t("cycle.done"), number.format(cycle.requests - cycle.refused - cycle.failed)],
          [t("outcome.refused"), number.format(cycle.refused)],
          [t("outcome.failed"), number.format(cycle.failed)],
        ]}
      />
    </Section>
  );
}

/** The requests of the cycle: those of its connection in its time. */
function Own({ cycle }: { cycle: Schemas["Cycle"] }) {
  const { t } = useTranslation("activity");
  const [filters, set, filtered] = useFilters(noFilters);
  const { id } = cycle.connection;
  const { since, until } = within(cycle);
  const query = useMemo(() => ({ since, until, ...queryOf(filters, new Date()), connection: id }), [filters, id, since, until]);
  const narrowed = { ...filters, since, until };
  return (
    <section aria-label={t("cycle.own")}>
      <Text component="h2" fz="lg" fw={650} mb="sm">
        {t("cycle.own")}
      </Text>
      <RequestFilterBar filters={filters} set={set} filtered={filtered} connection />
      <RequestList query={query} filters={narrowed} filtered={filtered} several={false} />
      {filtered && (
        <Button mt="sm" variant="subtle" onClick={() => set(noFilters)}>
          {t("cycle.all")}
        </Button>
      )}
    </section>
  );
}
