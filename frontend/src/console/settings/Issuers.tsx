import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh, useList } from "../../api/list";
import { Confirm } from "../../ui/Confirm";
import { type Column, DataList } from "../../ui/DataList";
import { Section } from "../../ui/Page";
import { Empty, Refused } from "../../ui/State";
import { Time } from "../../ui/Time";

type Issuer = Schemas["Issuer"];

/** Whose JWTs are exchanged for portal sessions: the vendor's own app. */
export function Issuers() {
  const { t } = useTranslation("settings");
  const { t: common } = useTranslation();
  const [going, setGoing] = useState<Issuer | null>(null);
  const list = useList("/api/v1/issuers", { params: { query: { limit: 50 } } });
  const columns: Column<Issuer>[] = [
    { key: "name", header: t("issuers.name"), width: "minmax(8rem, 1fr)", cell: (i) => <Text fw={600}>{i.name}</Text> },
    { key: "issuer", header: t("issuers.issuer"), width: "minmax(0, 2fr)", cell: (i) => <code>{i.issuer}</code> },
    { key: "keys", header: t("issuers.keys"), width: "minmax(0, 2fr)", cell: (i) => i.jwks_url ?? t("issuers.pem", { count: i.pem.length }) },
    { key: "created", header: t("issuers.created"), width: "8rem", cell: (i) => <Time at={i.created_at} /> },
    {
      key: "remove",
      header: common("actions.remove"),
      width: "8rem",
      align: "end",
      cell: (i) => (
        <Button variant="default" size="xs" onClick={() => setGoing(i)} aria-label={t("issuers.remove_named", { name: i.name })}>
          {common("actions.remove")}
        </Button>
      ),
    },
  ];
  return (
    <Section title={t("issuers.title")} text={t("issuers.text")}>
      <Stack>
        <DataList label={t("issuers.title")} columns={columns} list={list} rowKey={(i) => i.id} empty={<Empty title={t("issuers.empty")} />} />
        <NewIssuer />
      </Stack>
      {going && <Removal issuer={going} close={() => setGoing(null)} />}
    </Section>
  );
}

function NewIssuer() {
  const { t } = useTranslation("settings");
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const create = api.useMutation("post", "/api/v1/issuers");
  const needed = (text: string) => (text.trim() ? null : t("issuers.missing"));
  const form = useForm({ initialValues: { name: "", issuer: "", jwks_url: "" }, validate: { name: needed, issuer: needed, jwks_url: needed } });
  const submit = form.onSubmit((body) =>
    create.mutate(
      { body },
      {
        onSuccess: (issuer) => {
          notifications.show({ message: t("issuers.was_created", { name: issuer.name }) });
          form.reset();
          void refresh(queries, "/api/v1/issuers");
        },
      },
    ),
  );
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Group align="flex-start" gap="sm">
          <TextInput label={t("issuers.name")} maxLength={64} flex="1 1 9rem" {...form.getInputProps("name")} />
          <TextInput label={t("issuers.issuer")} placeholder="https://app.example.com" maxLength={512} flex="1 1 13rem" {...form.getInputProps("issuer")} />
          <TextInput label={t("issuers.jwks")} placeholder="https://app.example.com/jwks.json" maxLength={2048} flex="1 1 13rem" {...form.getInputProps("jwks_url")} />
          <Button type="submit" variant="default" mt={25} loading={create.isPending}>
            {common("actions.create")}
          </Button>
        </Group>
        <Refused error={create.error} />
      </Stack>
    </form>
  );
}

function Removal({ issuer, close }: { issuer: Issuer; close: () => void }) {
  const { t } = useTranslation("settings");
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const remove = api.useMutation("delete", "/api/v1/issuers/{issuer}", {
    onSuccess: () => {
      notifications.show({ message: t("issuers.was_removed", { name: issuer.name }) });
      void refresh(queries, "/api/v1/issuers");
      close();
    },
  });
  return (
    <Confirm
      opened
      close={close}
      title={t("issuers.remove_named", { name: issuer.name })}
      action={common("actions.remove")}
      danger
      busy={remove.isPending}
      error={remove.error}
      confirm={() => remove.mutate({ params: { path: { issuer: issuer.id } } })}
    >
      {t("issuers.remove_text")}
    </Confirm>
  );
}
