import { Button, Group, Modal, Stack, TagsInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh } from "../../api/list";
import { Refused } from "../../ui/State";
import { TenantPicker } from "../TenantPicker";
import { eventTypes } from "./types";

interface Props {
  /** Without one, a webhook is made. */
  webhook?: Schemas["Webhook"];
  close: () => void;
  made?: (webhook: Schemas["Webhook"]) => void;
}

/** Asks where events are to be sent to, and which. */
export function WebhookDialog({ webhook, close, made }: Props) {
  const { t } = useTranslation("delivery");
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const create = api.useMutation("post", "/api/v1/webhooks", { gcTime: 0 });
  const update = api.useMutation("patch", "/api/v1/webhooks/{webhook}");
  const form = useForm({
    initialValues: { url: webhook?.url ?? "", description: webhook?.description ?? "", types: webhook?.types ?? [], tenant: webhook?.tenant_id ?? null },
    validate: { url: (url) => (/^https?:\/\/\S+$/.test(url.trim()) ? null : t("url_wrong")) },
  });
  const done = (saved: Schemas["Webhook"]) => {
    if (webhook) notifications.show({ message: t("was_changed") });
    else made?.(saved);
    void refresh(queries, "/api/v1/webhooks");
    close();
  };
  const submit = form.onSubmit(({ url, description, types, tenant }) => {
    const body = { url: url.trim(), description, types };
    if (webhook) update.mutate({ params: { path: { webhook: webhook.id } }, body }, { onSuccess: done });
    else create.mutate({ body: { ...body, tenant_id: tenant } }, { onSuccess: done });
  });
  return (
    <Modal opened onClose={close} title={webhook ? t("change") : t("create")} size="lg" closeButtonProps={{ "aria-label": common("actions.close") }}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput data-autofocus required type="url" label={t("url")} description={t("url_hint")} placeholder="https://app.example.com/events" maxLength={2048} {...form.getInputProps("url")} />
          <TextInput label={t("description")} maxLength={500} {...form.getInputProps("description")} />
          <TagsInput label={t("types")} description={t("types_hint")} data={eventTypes} {...form.getInputProps("types")} />
          {!webhook && <TenantPicker label={t("tenant")} value={form.values.tenant} change={(id) => form.setFieldValue("tenant", id)} clearable />}
          <Refused error={create.error ?? update.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {common("actions.cancel")}
            </Button>
            <Button type="submit" loading={create.isPending || update.isPending}>
              {common(webhook ? "actions.save" : "actions.create")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
