import { Text } from "@mantine/core";
import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { useTenant } from "../../app/tenant";
import { Section } from "../../ui/Page";
import { Sentence } from "../../ui/Sentence";
import { Loaded } from "../../ui/State";
import { Tag } from "../../ui/Status";
import css from "./review.module.css";

/** Mistakes that were found in how the identity provider is set up. */
export function ReviewProblems({ connection }: { connection: string }) {
  const { t } = useTranslation("setup");
  const { id: tenant } = useTenant();
  const problems = api.useQuery(
    "get",
    "/api/v1/tenants/{tenant}/connections/{connection}/problems",
    { params: { path: { tenant, connection } } },
    { refetchInterval: 15_000 },
  );
  return (
    <Section title={t("review.problems")}>
      <Loaded query={problems}>
        {({ items }) =>
          items.length === 0 ? (
            <Text c="dimmed">{t("review.no_problems")}</Text>
          ) : (
            <ul className={css.list}>
              {items.map((problem) => (
                <Problem key={`${problem.code} ${problem.since}`} problem={problem} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  );
}

const colors = { error: "red", warning: "yellow", info: "blue" } as const;

function Problem({ problem }: { problem: Schemas["ConnectionProblem"] }) {
  const { t } = useTranslation("setup");
  const Icon = problem.severity === "info" ? IconInfoCircle : IconAlertTriangle;
  return (
    <li>
      <div className={css.problem}>
        <Text fw={600}>
          <Sentence text={problem.title} />
        </Text>
        <Text size="sm">
          <Sentence text={problem.sentence} />
        </Text>
        <Text size="sm">
          <strong>{t("checklist.fix")}</strong> <Sentence text={problem.fix} />
        </Text>
        {problem.where && (
          <Text size="sm">
            <strong>{t("checklist.where")}</strong> <em>{problem.where}</em>
          </Text>
        )}
      </div>
      <Tag color={colors[problem.severity]} icon={<Icon size={14} aria-hidden />} text={t(`review.severity.${problem.severity}`)} />
    </li>
  );
}
