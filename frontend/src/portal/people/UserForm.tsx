import { Button, Group, Modal, Stack, Switch, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh } from "../../api/list";
import { useGo, useTenant, useTenantPath } from "../../app/tenant";
import { Refused } from "../../ui/State";
import { nameOf } from "./name";
import { changeOf, type Fields, fieldsOf, newUserOf, noFields, wrongOf } from "./userForm";

const users = "/api/v1/tenants/{tenant}/users";

/** Registers somebody by hand, or changes somebody who was. */
export function UserForm({ user, close }: { user?: Schemas["User"]; close: () => void }) {
  const { t } = useTranslation("people");
  const { t: c } = useTranslation();
  const [fields, setFields] = useState<Fields>(() => (user ? fieldsOf(user) : noFields));
  const [tried, setTried] = useState(false);
  const { save, busy, error } = useSave(user, close);
  const wrong = tried ? wrongOf(fields) : null;
  const input = (key: Exclude<keyof Fields, "active">, maxLength: number) => ({
    label: t(`form.${key}`),
    value: fields[key],
    maxLength,
    autoComplete: "off",
    onChange: (e: React.ChangeEvent<HTMLInputElement>) => setFields({ ...fields, [key]: e.currentTarget.value }),
  });
  return (
    <Modal opened onClose={close} size="lg" title={user ? t("form.edit", { name: nameOf(user) }) : t("form.new")} closeButtonProps={{ "aria-label": c("actions.close") }}>
      <form
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          setTried(true);
          if (wrongOf(fields) === null) save(fields);
        }}
      >
        <Stack>
          <TextInput data-autofocus required {...input("userName", 256)} description={t("form.userName_hint")} error={wrong === "userName" && t("form.userName_wrong")} />
          <TextInput {...input("displayName", 256)} />
          <Group grow align="flex-start" preventGrowOverflow={false}>
            <TextInput miw="12rem" {...input("givenName", 256)} />
            <TextInput miw="12rem" {...input("familyName", 256)} />
          </Group>
          <TextInput {...input("email", 254)} type="email" error={wrong === "email" && t("form.email_wrong")} />
          <TextInput {...input("externalId", 256)} description={t("form.externalId_hint")} />
          <Switch label={t("form.active")} checked={fields.active} onChange={(e) => setFields({ ...fields, active: e.currentTarget.checked })} />
          <Refused error={error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {c("actions.cancel")}
            </Button>
            <Button type="submit" loading={busy}>
              {user ? c("actions.save") : t("form.create")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** useSave tells the server, and says what came of it. */
function useSave(user: Schemas["User"] | undefined, close: () => void) {
  const { t } = useTranslation("people");
  const { id: tenant } = useTenant();
  const queries = useQueryClient();
  const path = useTenantPath();
  const go = useGo();
  const create = api.useMutation("post", users);
  const update = api.useMutation("patch", `${users}/{user}`);
  const done = (message: string) => {
    void refresh(queries, users);
    notifications.show({ color: "teal", message });
    close();
  };
  const save = (fields: Fields) => {
    if (!user) {
      create.mutate(
        { params: { path: { tenant } }, body: newUserOf(fields) },
        {
          onSuccess: (created) => {
            done(t("form.created", { name: nameOf(created) }));
            go(path("people", created.id));
          },
        },
      );
      return;
    }
    const body = changeOf(user, fields);
    if (!body) {
      close();
      return;
    }
    update.mutate({ params: { path: { tenant, user: user.id } }, body }, { onSuccess: (now) => done(t("form.saved", { name: nameOf(now), count: Object.keys(body).length })) });
  };
  return { save, busy: create.isPending || update.isPending, error: create.error ?? update.error };
}
