import { Alert, Stack, Tabs } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { useFilters } from "../../app/filters";
import { Facts, PageHeader, Section } from "../../ui/Page";
import { Loaded } from "../../ui/State";
import { Time } from "../../ui/Time";
import { TenantName } from "../TenantPicker";
import { Deliveries } from "./Deliveries";
import { LagChart } from "./LagChart";
import { Queues } from "./Queues";
import { Secrets } from "./Secrets";
import { WebhookActions } from "./WebhookActions";
import { WebhookStatus } from "./WebhookStatus";

/** One webhook: how it is doing, what was sent, what waits. */
export function WebhookPage() {
  const { webhook: id = "" } = useParams({ strict: false });
  const query = api.useQuery("get", "/api/v1/webhooks/{webhook}", { params: { path: { webhook: id } } }, { refetchInterval: 10_000 });
  return <Loaded page query={query}>{(webhook) => <Webhook webhook={webhook} />}</Loaded>;
}

function Webhook({ webhook }: { webhook: Schemas["Webhook"] }) {
  const { t } = useTranslation("delivery");
  const [{ tab }, set] = useFilters({ tab: "deliveries" });
  return (
    <>
      <PageHeader
        title={webhook.description || webhook.url}
        text={<WebhookStatus status={webhook.status} failing={webhook.failing_since !== null} />}
        actions={<WebhookActions webhook={webhook} />}
      />
      <Stack gap="lg">
        {webhook.status_reason && (
          <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} c="var(--mantine-color-text)">
            {webhook.status_reason}
          </Alert>
        )}
        <Section>
          <Facts
            items={[
              [t("url"), webhook.url],
              [t("of"), webhook.tenant_id ? <TenantName id={webhook.tenant_id} /> : t("of_all")],
              [t("types"), webhook.types.join(", ") || t("types_all")],
              [t("last"), <Time key="l" at={webhook.last_delivered_at} />],
              [t("created"), <Time key="c" at={webhook.created_at} exact />],
            ]}
          />
        </Section>
        <LagChart webhook={webhook.id} />
        <Tabs value={tab} onChange={(value) => set({ tab: value ?? "deliveries" })} keepMounted={false}>
          <Tabs.List mb="md">
            {(["deliveries", "queues", "secrets"] as const).map((value) => (
              <Tabs.Tab key={value} value={value}>
                {t(`tab.${value}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="deliveries">
            <Deliveries webhook={webhook.id} />
          </Tabs.Panel>
          <Tabs.Panel value="queues">
            <Queues webhook={webhook} />
          </Tabs.Panel>
          <Tabs.Panel value="secrets">
            <Secrets webhook={webhook} />
          </Tabs.Panel>
        </Tabs>
      </Stack>
    </>
  );
}
