import { ActionIcon, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh, useList } from "../../api/list";
import { useCan } from "../../app/session";
import { useTenant } from "../../app/tenant";
import { Confirm } from "../../ui/Confirm";
import { type Column, DataList } from "../../ui/DataList";
import { Section } from "../../ui/Page";
import { Refused } from "../../ui/State";

type EntryPoint = Schemas["EntryPoint"];
const path = "/api/v1/tenants/{tenant}/entry-points";

/** The places in the vendor's app where this customer's roles apply. */
export function EntryPoints() {
  const { t } = useTranslation("console");
  const { id } = useTenant();
  const can = useCan();
  const [going, setGoing] = useState<EntryPoint | null>(null);
  const list = useList(path, { params: { path: { tenant: id }, query: { limit: 50 } } });
  const columns: Column<EntryPoint>[] = [
    { key: "name", header: t("entry.name"), width: "minmax(8rem, 1fr)", cell: (e) => <Text fw={600}>{e.name}</Text> },
    { key: "key", header: t("entry.key"), width: "minmax(6rem, 10rem)", cell: (e) => <code>{e.key}</code> },
    { key: "description", header: t("entry.description"), width: "minmax(0, 2fr)", cell: (e) => e.description || "–" },
    {
      key: "remove",
      header: t("entry.remove"),
      width: "6rem",
      align: "end",
      cell: (e) =>
        can("roles:manage") && e.key !== "*" ? (
          <ActionIcon variant="subtle" color="red" aria-label={t("entry.remove_named", { name: e.name })} onClick={() => setGoing(e)}>
            <IconTrash size={18} />
          </ActionIcon>
        ) : null,
    },
  ];
  return (
    <Section title={t("entry.title")} text={t("entry.text")}>
      <Stack>
        <DataList label={t("entry.title")} columns={columns} list={list} rowKey={(e) => e.key} />
        {can("roles:manage") && <NewEntryPoint />}
      </Stack>
      {going && <Removal entry={going} close={() => setGoing(null)} />}
    </Section>
  );
}

function NewEntryPoint() {
  const { t } = useTranslation("console");
  const { t: common } = useTranslation();
  const { id } = useTenant();
  const queries = useQueryClient();
  const create = api.useMutation("post", path);
  const form = useForm({
    initialValues: { name: "", key: "", description: "" },
    validate: {
      name: (name) => (name.trim() ? null : t("entry.name_missing")),
      key: (key) => (/^[a-z0-9][a-z0-9._-]{0,62}$/.test(key) ? null : t("entry.key_wrong")),
    },
  });
  const submit = form.onSubmit((body) =>
    create.mutate(
      { params: { path: { tenant: id } }, body },
      {
        onSuccess: (e) => {
          notifications.show({ message: t("entry.was_created", { name: e.name }) });
          form.reset();
          void refresh(queries, path);
        },
      },
    ),
  );
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Group align="flex-start" gap="sm">
          <TextInput label={t("entry.name")} maxLength={64} flex="1 1 10rem" {...form.getInputProps("name")} />
          <TextInput label={t("entry.key")} maxLength={63} flex="1 1 8rem" {...form.getInputProps("key")} />
          <TextInput label={t("entry.description")} maxLength={500} flex="2 1 14rem" {...form.getInputProps("description")} />
          <Button type="submit" variant="default" mt={25} loading={create.isPending}>
            {common("actions.create")}
          </Button>
        </Group>
        <Refused error={create.error} />
      </Stack>
    </form>
  );
}

function Removal({ entry, close }: { entry: EntryPoint; close: () => void }) {
  const { t } = useTranslation("console");
  const { id } = useTenant();
  const queries = useQueryClient();
  const remove = api.useMutation("delete", `${path}/{entry_point}`, {
    onSuccess: () => {
      notifications.show({ message: t("entry.was_removed", { name: entry.name }) });
      void refresh(queries, path);
      close();
    },
  });
  return (
    <Confirm
      opened
      close={close}
      title={t("entry.remove_named", { name: entry.name })}
      action={t("entry.remove")}
      danger
      busy={remove.isPending}
      error={remove.error}
      confirm={() => remove.mutate({ params: { path: { tenant: id, entry_point: entry.key } } })}
    >
      {t("entry.remove_text")}
    </Confirm>
  );
}
