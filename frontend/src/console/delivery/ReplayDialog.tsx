import { Button, Group, Modal, NumberInput, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh } from "../../api/list";
import { Refused } from "../../ui/State";
import { TenantPicker } from "../TenantPicker";

/** Sends a tenant's events again: a range, or everything from one on. */
export function ReplayDialog({ webhook, close }: { webhook: Schemas["Webhook"]; close: () => void }) {
  const { t } = useTranslation("delivery");
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const replay = api.useMutation("post", "/api/v1/webhooks/{webhook}/replays", {
    onSuccess: () => {
      notifications.show({ message: t("replay.begun") });
      void refresh(queries, "/api/v1/webhooks");
      close();
    },
  });
  const form = useForm({
    initialValues: { tenant: webhook.tenant_id, from: 1 as number | "", to: "" as number | "" },
    validate: {
      tenant: (tenant) => (tenant ? null : t("replay.tenant_missing")),
      from: (from) => (from === "" ? t("replay.from_missing") : null),
      to: (to, { from }) => (to !== "" && from !== "" && to < from ? t("replay.to_wrong") : null),
    },
  });
  const submit = form.onSubmit(({ tenant, from, to }) => {
    if (!tenant || from === "") return;
    replay.mutate({ params: { path: { webhook: webhook.id } }, body: { tenant_id: tenant, from_sequence: from, to_sequence: to === "" ? null : to } });
  });
  return (
    <Modal opened onClose={close} title={t("replay.title")} closeButtonProps={{ "aria-label": common("actions.close") }}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{t("replay.text")}</Text>
          <TenantPicker label={t("tenant_column")} value={form.values.tenant} change={(id) => form.setFieldValue("tenant", id)} />
          <NumberInput required label={t("replay.from")} min={1} allowDecimal={false} {...form.getInputProps("from")} />
          <NumberInput label={t("replay.to")} description={t("replay.to_hint")} min={1} allowDecimal={false} {...form.getInputProps("to")} />
          <Refused error={replay.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {common("actions.cancel")}
            </Button>
            <Button type="submit" loading={replay.isPending} disabled={!form.values.tenant}>
              {t("replay.send")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
