import { Button, Checkbox, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh } from "../../api/list";
import { Refused } from "../../ui/State";
import { TenantPicker } from "../TenantPicker";

const lifetimes = ["30d", "90d", "1y", "never"] as const;

/** Asks what a program needs to do, and makes its key. */
export function NewKey({ close, made }: { close: () => void; made: (key: Schemas["APIKey"]) => void }) {
  const { t } = useTranslation("settings");
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const all = api.useQuery("get", "/api/v1/permissions", {});
  const create = api.useMutation("post", "/api/v1/api-keys", {
    gcTime: 0,
    onSuccess: (key) => {
      made(key);
      void refresh(queries, "/api/v1/api-keys");
      close();
    },
  });
  const form = useForm({
    initialValues: { name: "", permissions: [] as string[], tenant: null as string | null, expires_in: "1y" as string },
    validate: {
      name: (name) => (name.trim() ? null : t("keys.name_missing")),
      permissions: (list) => (list.length > 0 ? null : t("keys.permissions_missing")),
    },
  });
  const submit = form.onSubmit(({ name, permissions, tenant, expires_in }) =>
    create.mutate({ body: { name: name.trim(), permissions: permissions as Schemas["Permission"][], tenant_id: tenant, expires_in } }),
  );
  return (
    <Modal opened onClose={close} title={t("keys.create")} size="lg" closeButtonProps={{ "aria-label": common("actions.close") }}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput data-autofocus required label={t("keys.name")} description={t("keys.name_hint")} maxLength={64} {...form.getInputProps("name")} />
          <Checkbox.Group required label={t("keys.permissions")} description={t("keys.permissions_hint")} {...form.getInputProps("permissions")}>
            <Stack gap="xs" mt="xs">
              {all.data?.items.map(({ permission, description }) => (
                <Checkbox key={permission} value={permission} label={<Text span ff="monospace" size="sm">{permission}</Text>} description={description} />
              ))}
            </Stack>
          </Checkbox.Group>
          <TenantPicker label={t("keys.tenant")} value={form.values.tenant} change={(id) => form.setFieldValue("tenant", id)} clearable />
          <Select
            label={t("keys.expires")}
            allowDeselect={false}
            data={lifetimes.map((value) => ({ value, label: t(`keys.lifetime.${value}`) }))}
            {...form.getInputProps("expires_in")}
          />
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
