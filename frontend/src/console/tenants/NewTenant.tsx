import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { refresh } from "../../api/list";
import { useGo } from "../../app/tenant";
import { Refused } from "../../ui/State";

/** Asks for what a new customer needs, and leads to it. */
export function NewTenant({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useTranslation("console");
  const { t: common } = useTranslation();
  const go = useGo();
  const queries = useQueryClient();
  const create = api.useMutation("post", "/api/v1/tenants");
  const form = useForm({ initialValues: { name: "", external_id: "" }, validate: { name: (name) => (name.trim() ? null : t("tenants.name_missing")) } });
  const submit = form.onSubmit(({ name, external_id }) =>
    create.mutate(
      { body: { name: name.trim(), external_id: external_id.trim() || undefined } },
      {
        onSuccess: (tenant) => {
          void refresh(queries, "/api/v1/tenants");
          notifications.show({ message: t("tenants.was_created", { name: tenant.name }) });
          go(`/console/tenants/${tenant.id}/settings`);
        },
      },
    ),
  );
  return (
    <Modal opened={opened} onClose={close} title={t("tenants.create")} closeButtonProps={{ "aria-label": common("actions.close") }}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput data-autofocus required label={t("tenants.name")} description={t("tenants.name_hint")} maxLength={64} {...form.getInputProps("name")} />
          <TextInput label={t("tenants.external_id")} description={t("tenants.external_id_hint")} maxLength={128} {...form.getInputProps("external_id")} />
          <Refused error={create.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {common("actions.cancel")}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {common("actions.create")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
