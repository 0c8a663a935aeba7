import { Button, SimpleGrid, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh } from "../../api/list";
import { GoButton } from "../../app/tenant";
import { CopyButton } from "../../ui/Copy";
import { Facts, PageHeader, Section } from "../../ui/Page";
import css from "../../ui/page.module.css";
import { Loaded, Refused } from "../../ui/State";
import { Time } from "../../ui/Time";
import { TenantName } from "../TenantPicker";
import { pretty } from "./pretty";
import { Outcome } from "./WebhookStatus";

/** One attempt: what was sent, and what came back. */
export function DeliveryPage() {
  const { webhook = "", delivery = "" } = useParams({ strict: false });
  const query = api.useQuery("get", "/api/v1/webhooks/{webhook}/deliveries/{delivery}", { params: { path: { webhook, delivery } } });
  return <Loaded page query={query}>{(d) => <Delivery delivery={d} />}</Loaded>;
}

function Delivery({ delivery: d }: { delivery: Schemas["DeliveryDetail"] }) {
  const { t } = useTranslation("delivery");
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const again = api.useMutation("post", "/api/v1/webhooks/{webhook}/deliveries/{delivery}/replay", {
    onSuccess: () => {
      notifications.show({ message: t("replay.begun") });
      void refresh(queries, "/api/v1/webhooks");
    },
  });
  return (
    <>
      <PageHeader
        title={d.event.type || t("left_out")}
        text={<Outcome delivery={d} />}
        actions={
          <>
            <GoButton to={`/console/delivery/${d.webhook_id}`} variant="default">
              {common("actions.back")}
            </GoButton>
            {d.event.sequence !== null && d.event.id && (
              <Button loading={again.isPending} onClick={() => again.mutate({ params: { path: { webhook: d.webhook_id, delivery: d.id } } })}>
                {t("again")}
              </Button>
            )}
          </>
        }
      />
      <Stack gap="lg">
        <Refused error={again.error} />
        <Section>
          <Facts
            items={[
              ...(d.failure ? [[t("queue.failure"), d.failure] as [string, string]] : []),
              [t("tenant_column"), d.tenant_id ? <TenantName id={d.tenant_id} /> : t("test_message")],
              [t("at"), <Time key="a" at={d.at} exact />],
              [t("took"), `${d.duration_ms} ms`],
              [t("attempt"), d.attempt],
              ...(d.next_at ? [[t("queue.next"), <Time key="n" at={d.next_at} />] as [string, React.ReactNode]] : []),
              ...(d.event.id ? [[t("event_id"), <code key="e">{d.event.id}</code>] as [string, React.ReactNode]] : []),
              ...(d.event.sequence !== null ? [[t("number"), d.event.sequence] as [string, number]] : []),
            ]}
          />
        </Section>
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <Message title={t("request")} headers={d.request.headers} body={d.request.body} none={t("not_kept")} />
          {d.response ? <Message title={t("answer")} headers={d.response.headers} body={d.response.body} none={t("no_body")} /> : <Section title={t("answer")}>{t("no_answer")}</Section>}
        </SimpleGrid>
      </Stack>
    </>
  );
}

function Message({ title, headers, body, none }: { title: string; headers: Record<string, string>; body: string | null; none: string }) {
  const text = body ? pretty(body) : "";
  return (
    <Section title={title} actions={text && <CopyButton value={text} what={title} />}>
      <Stack gap="sm">
        <pre className={css.code} tabIndex={0} aria-label={title}>
          {Object.entries(headers)
            .map(([name, value]) => `${name}: ${value}`)
            .join("\n")}
        </pre>
        {text ? (
          <pre className={css.code} tabIndex={0} aria-label={title}>
            {text}
          </pre>
        ) : (
          <Text c="dimmed">{none}</Text>
        )}
      </Stack>
    </Section>
  );
}
