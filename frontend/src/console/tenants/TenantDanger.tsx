import { Button, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh } from "../../api/list";
import { Confirm } from "../../ui/Confirm";
import { Section } from "../../ui/Page";
import { Refused } from "../../ui/State";
import { Time } from "../../ui/Time";

/** Suspending, deleting and restoring a customer. */
export function TenantDanger({ tenant }: { tenant: Schemas["Tenant"] }) {
  const { t } = useTranslation("console");
  const queries = useQueryClient();
  const [suspending, suspendDialog] = useDisclosure(false);
  const [deleting, deleteDialog] = useDisclosure(false);
  const params = { path: { tenant: tenant.id } };
  const done = (message: string) => ({
    onSuccess: () => {
      notifications.show({ message });
      suspendDialog.close();
      deleteDialog.close();
      void refresh(queries, "/api/v1/tenants");
    },
  });
  const suspend = api.useMutation("post", "/api/v1/tenants/{tenant}/suspend", done(t("danger.was_suspended", { name: tenant.name })));
  const resume = api.useMutation("post", "/api/v1/tenants/{tenant}/resume", done(t("danger.was_resumed", { name: tenant.name })));
  const remove = api.useMutation("delete", "/api/v1/tenants/{tenant}", done(t("danger.was_deleted", { name: tenant.name })));
  const restore = api.useMutation("post", "/api/v1/tenants/{tenant}/restore", done(t("danger.was_restored", { name: tenant.name })));
  if (tenant.status === "deleted") {
    return (
      <Section title={t("danger.deleted")} text={<Until at={tenant.restorable_until} />}>
        <Stack align="flex-start">
          <Refused error={restore.error} />
          <Button loading={restore.isPending} onClick={() => restore.mutate({ params })}>
            {t("danger.restore")}
          </Button>
        </Stack>
      </Section>
    );
  }
  return (
    <Section title={t("danger.title")}>
      <Stack>
        <Row text={tenant.status === "suspended" ? t("danger.resume_text") : t("danger.suspend_text")}>
          {tenant.status === "suspended" ? (
            <Button variant="default" loading={resume.isPending} onClick={() => resume.mutate({ params })}>
              {t("danger.resume")}
            </Button>
          ) : (
            <Button variant="default" onClick={suspendDialog.open}>
              {t("danger.suspend")}
            </Button>
          )}
        </Row>
        <Refused error={resume.error} />
        <Row text={t("danger.delete_text")}>
          <Button color="red.8" variant="outline" c="light-dark(var(--mantine-color-red-9), var(--mantine-color-red-3))" onClick={deleteDialog.open}>
            {t("danger.delete")}
          </Button>
        </Row>
      </Stack>
      <Confirm
        opened={suspending}
        close={suspendDialog.close}
        title={t("danger.suspend_title", { name: tenant.name })}
        action={t("danger.suspend")}
        busy={suspend.isPending}
        error={suspend.error}
        confirm={() => suspend.mutate({ params })}
      >
        {t("danger.suspend_text")}
      </Confirm>
      <Confirm
        opened={deleting}
        close={deleteDialog.close}
        title={t("danger.delete_title", { name: tenant.name })}
        action={t("danger.delete")}
        typed={tenant.name}
        danger
        busy={remove.isPending}
        error={remove.error}
        confirm={() => remove.mutate({ params: { ...params, query: { confirm: tenant.name } } })}
      >
        {t("danger.delete_text")}
      </Confirm>
    </Section>
  );
}

function Row({ text, children }: { text: string; children: React.ReactNode }) {
  return (
    <Group justify="space-between" gap="sm">
      <Text size="sm" flex="1 1 18rem">
        {text}
      </Text>
      {children}
    </Group>
  );
}

function Until({ at }: { at: string | null }) {
  const { t } = useTranslation("console");
  return (
    <>
      {t("danger.until")} <Time at={at} exact />
    </>
  );
}
