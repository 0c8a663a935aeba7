import { Button, Group, Progress, Text } from "@mantine/core";
import { IconCircleCheck, IconRefreshAlert, IconSend } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { useBrand } from "../../app/brand";
import { useTenant } from "../../app/tenant";
import { Section } from "../../ui/Page";
import { percent } from "./mapping";

/** How far the vendor's app has been told of everybody whose access changed. */
export function JobProgress({ id, dismiss }: { id: string; dismiss?: () => void }) {
  const { t, i18n } = useTranslation("groups");
  const { t: c } = useTranslation();
  const { productName } = useBrand();
  const { id: tenant } = useTenant();
  const { data: job } = api.useQuery(
    "get",
    "/api/v1/tenants/{tenant}/jobs/{job}",
    { params: { path: { tenant, job: id } } },
    { refetchInterval: ({ state }) => (state.data?.state === "done" || state.error ? false : 1000) },
  );
  if (!job) return null;
  const number = (n: number) => new Intl.NumberFormat(i18n.language).format(n);
  const words = { product: productName, done: number(Math.min(job.done, job.total)), total: number(job.total), count: job.total };
  const color = job.state === "done" ? "teal" : job.state === "failed" ? "red" : undefined;
  const icon = job.state === "done" ? <IconCircleCheck size={18} aria-hidden /> : job.state === "failed" ? <IconRefreshAlert size={18} aria-hidden /> : <IconSend size={18} aria-hidden />;
  return (
    <Section>
      <Group justify="space-between" mb="xs" gap="sm">
        <Group gap="xs" wrap="nowrap" role="status">
          {icon}
          <Text fw={600}>{t(`job.${job.state}`, words)}</Text>
        </Group>
        {job.state === "done" && dismiss && (
          <Button variant="default" size="xs" onClick={dismiss}>
            {c("actions.close")}
          </Button>
        )}
      </Group>
      <Progress value={percent(job)} color={color} size="lg" radius="xl" aria-label={t("job.label")} animated={job.state === "running"} />
      <Text size="sm" c="dimmed" mt="xs">
        {t("job.text", words)}
      </Text>
    </Section>
  );
}
