import { Button, Group, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle, IconRefresh } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh } from "../../api/list";
import { announce } from "../../ui/announce";
import { Section } from "../../ui/Page";
import { Sentence } from "../../ui/Sentence";
import { Loaded } from "../../ui/State";
import { Tag } from "../../ui/Status";
import { Time } from "../../ui/Time";
import { connectionPaths, useConnectionParams } from "./connection";
import css from "./connections.module.css";

type Problem = Schemas["ConnectionProblem"];

/** What is wrong with how the identity provider is set up, the most harmful first. */
export function Problems() {
  const { t } = useTranslation("connections");
  const path = useConnectionParams();
  const queries = useQueryClient();
  const query = api.useQuery("get", "/api/v1/tenants/{tenant}/connections/{connection}/problems", { params: { path } }, { refetchInterval: 15_000 });
  const recheck = async () => {
    const { data } = await query.refetch();
    void refresh(queries, ...connectionPaths);
    if (data) announce(t("problems.checked", { count: data.items.length }));
  };
  return (
    <Section
      title={t("problems.title")}
      actions={
        <Button variant="default" size="xs" leftSection={<IconRefresh size={16} />} loading={query.isRefetching} onClick={() => void recheck()}>
          {t("problems.recheck")}
        </Button>
      }
    >
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Group gap="xs" wrap="nowrap" align="flex-start">
              <IconCircleCheck className={css.good} size={20} aria-hidden />
              <Text>{t("problems.none")}</Text>
            </Group>
          ) : (
            <ul className={css.problems}>
              {items.map((p, i) => (
                <ProblemItem key={`${p.code} ${i}`} problem={p} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  );
}

const looks = { error: ["red", IconAlertTriangle], warning: ["yellow", IconAlertTriangle], info: ["blue", IconInfoCircle] } as const;

function ProblemItem({ problem }: { problem: Problem }) {
  const { t } = useTranslation("connections");
  const [color, Icon] = looks[problem.severity];
  return (
    <li className={css.problem}>
      <Group gap="sm" mb={4}>
        <Title order={3} fz="md">
          {problem.title}
        </Title>
        <Tag color={color} icon={<Icon size={14} aria-hidden />} text={t(`problems.${problem.severity}`)} />
      </Group>
      <Text size="sm" c="dimmed" mb="xs">
        {t("problems.since")} <Time at={problem.since} />
        {problem.affected > 0 && ` · ${t("problems.affected", { count: problem.affected })}`}
      </Text>
      <Text>
        <Sentence text={problem.sentence} />
      </Text>
      <dl className={css.fix}>
        <dt>{t("problems.fix")}</dt>
        <dd>
          <Sentence text={problem.fix} />
        </dd>
        {problem.where && (
          <>
            <dt>{t("problems.where")}</dt>
            <dd>
              <em>{problem.where}</em>
            </dd>
          </>
        )}
        {problem.examples.length > 0 && (
          <>
            <dt>{t("problems.examples")}</dt>
            <dd>{problem.examples.map((e) => e.name).join(", ")}</dd>
          </>
        )}
      </dl>
    </li>
  );
}
