import { Alert, List, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { refresh } from "../../api/list";
import { useCan } from "../../app/session";
import { Go, GoButton, useTenant, useTenantPath } from "../../app/tenant";
import { Section } from "../../ui/Page";
import { Sentence } from "../../ui/Sentence";
import { Loaded } from "../../ui/State";
import { useWizard } from "./context";
import { ReviewGroups } from "./ReviewGroups";
import { ReviewProblems } from "./ReviewProblems";
import css from "./review.module.css";
import { StepButtons } from "./StepButtons";
import { StepHeader } from "./StepHeader";

/** What came of the set-up, and what happens from now on. */
export function ReviewStep() {
  const { t } = useTranslation("setup");
  const { connection, health } = useWizard();
  const path = useTenantPath();
  const directory = useCan()("directory:read");
  const refused = health.last_24h.refused + health.last_24h.failed;
  useFreshHealth();
  return (
    <>
      <StepHeader title={t("step.review")} text={<Sentence text={health.reason} />} />
      <Stack gap="lg">
        <SimpleGrid cols={{ base: 2, md: 4 }}>
          <Figure name={t("review.people")} value={health.people.total} >
            {t("review.active", { count: health.people.active })}
          </Figure>
          <Figure name={t("review.groups")} value={health.groups} />
          <Figure name={t("review.requests")} value={health.last_24h.requests} >
            {t("review.changes", { count: health.last_24h.changes })}
          </Figure>
          <Figure name={t("review.refused")} value={refused} bad={refused > 0}>
            {refused > 0 && <Go to={path("connections", connection.id, "activity")} search={{ outcome: "refused" }}>{t("review.look_refused")}</Go>}
          </Figure>
        </SimpleGrid>
        <Missing />
        <ReviewProblems connection={connection.id} />
        {directory && <ReviewGroups connection={connection.id} />}
        <Section title={t("review.next")}>
          <NextList />
        </Section>
      </Stack>
      <StepButtons connection={connection.id} back="guide">
        <GoButton to={path("connections", connection.id)} leftSection={<IconCircleCheck size={16} />}>
          {t("review.done")}
        </GoButton>
      </StepButtons>
    </>
  );
}

function Figure({ name, value, bad = false, children }: { name: string; value: number; bad?: boolean; children?: ReactNode }) {
  const { i18n } = useTranslation();
  return (
    <div className={css.figure} data-bad={bad || undefined}>
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text fz={28} fw={650} lh={1.2} className={css.value}>
        {new Intl.NumberFormat(i18n.language).format(value)}
      </Text>
      <Text component="div" size="sm" c="dimmed">
        {children}
      </Text>
    </div>
  );
}

/** What the wizard knows of the connection may be some seconds old; here it is summed up. */
function useFreshHealth() {
  const queries = useQueryClient();
  useEffect(() => {
    void refresh(queries, "/api/v1/tenants/{tenant}/connections/{connection}/health");
  }, [queries]);
}

/** What was never seen to work. */
function Missing() {
  const { t } = useTranslation("setup");
  const { id: tenant } = useTenant();
  const { connection } = useWizard();
  const path = useTenantPath();
  const setup = api.useQuery(
    "get",
    "/api/v1/tenants/{tenant}/connections/{connection}/setup",
    { params: { path: { tenant, connection: connection.id } } },
    { refetchInterval: 10_000 },
  );
  return (
    <Loaded query={setup} skeleton={<span />}>
      {({ steps }) => {
        const open = steps.filter(({ done_at }) => !done_at);
        if (open.length === 0) {
          return (
            <Alert color="teal" variant="light" icon={<IconCircleCheck size={18} />} title={t("review.complete")}>
              {t("review.complete_text")}
            </Alert>
          );
        }
        return (
          <Section title={t("review.missing", { count: open.length })} text={t("review.missing_text")}>
            <List spacing={4}>
              {open.map(({ step }) => (
                <List.Item key={step}>{t(`checklist.step.${step}`)}</List.Item>
              ))}
            </List>
            <Go to={path("connections", connection.id, "setup", "guide")}>{t("review.checklist")}</Go>
          </Section>
        );
      }}
    </Loaded>
  );
}

function NextList() {
  const { t } = useTranslation("setup");
  const { t: common } = useTranslation();
  const { connection } = useWizard();
  const provider = common(`provider.${connection.provider}`);
  return (
    <List spacing="xs">
      <List.Item>{t("review.next_people", { provider })}</List.Item>
      <List.Item>{t("review.next_roles")}</List.Item>
      <List.Item>{t("review.next_problems")}</List.Item>
      <List.Item>{t("review.next_token")}</List.Item>
    </List>
  );
}
