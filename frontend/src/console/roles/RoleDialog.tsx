import { Button, Group, Modal, NumberInput, Stack, Switch, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh } from "../../api/list";
import { useGo } from "../../app/tenant";
import { Refused } from "../../ui/State";

const fresh = { key: "", name: "", description: "", rank: 10, grantable: true, keep_one: false, mappable_with_permissions: false };

/** Makes a role, or changes one; its key stays. */
export function RoleDialog({ role, close }: { role?: Schemas["Role"]; close: () => void }) {
  const { t } = useTranslation("roles");
  const { t: common } = useTranslation();
  const go = useGo();
  const queries = useQueryClient();
  const create = api.useMutation("post", "/api/v1/roles");
  const update = api.useMutation("patch", "/api/v1/roles/{role}");
  const form = useForm({
    initialValues: role ? { ...fresh, ...role } : fresh,
    validate: {
      name: (name) => (name.trim() ? null : t("name_missing")),
      key: (key) => (/^[a-z0-9][a-z0-9._-]{0,62}$/.test(key) ? null : t("key_wrong")),
    },
  });
  const done = (saved: Schemas["Role"]) => {
    notifications.show({ message: t(role ? "was_changed" : "was_created", { name: saved.name }) });
    void refresh(queries, "/api/v1/roles");
    close();
    if (!role) go(`/console/roles/${saved.key}`);
  };
  const submit = form.onSubmit(({ key, name, description, rank, grantable, keep_one, mappable_with_permissions }) => {
    const body = { name: name.trim(), description, rank: Number(rank), grantable, keep_one, mappable_with_permissions };
    if (role) update.mutate({ params: { path: { role: role.key } }, body }, { onSuccess: done });
    else create.mutate({ body: { key, ...body } }, { onSuccess: done });
  });
  return (
    <Modal opened onClose={close} title={role ? t("change") : t("create")} closeButtonProps={{ "aria-label": common("actions.close") }}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput data-autofocus required label={t("name")} maxLength={64} {...form.getInputProps("name")} />
          {!role && <TextInput required label={t("key")} description={t("key_hint")} maxLength={63} {...form.getInputProps("key")} />}
          <Textarea label={t("description")} description={t("description_hint")} maxLength={500} autosize minRows={2} {...form.getInputProps("description")} />
          <NumberInput required label={t("rank")} description={t("rank_hint")} min={0} max={1_000_000} allowDecimal={false} {...form.getInputProps("rank")} />
          <Switch label={t("grantable")} description={t("grantable_hint")} {...form.getInputProps("grantable", { type: "checkbox" })} />
          <Switch label={t("keep_one")} description={t("keep_one_hint")} {...form.getInputProps("keep_one", { type: "checkbox" })} />
          <Switch label={t("mappable")} description={t("mappable_hint")} {...form.getInputProps("mappable_with_permissions", { type: "checkbox" })} />
          <Refused error={create.error ?? update.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {common("actions.cancel")}
            </Button>
            <Button type="submit" loading={create.isPending || update.isPending}>
              {common(role ? "actions.save" : "actions.create")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
