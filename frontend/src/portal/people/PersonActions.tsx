import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconPencil, IconTrash, IconUserCheck, IconUserOff } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh } from "../../api/list";
import { useGo, useTenant, useTenantPath } from "../../app/tenant";
import { Confirm } from "../../ui/Confirm";
import { nameOf } from "./name";
import { UserForm } from "./UserForm";

const one = "/api/v1/tenants/{tenant}/users/{user}";
const users = "/api/v1/tenants/{tenant}/users";

/** What can be done with somebody who was registered by hand. */
export function PersonActions({ user }: { user: Schemas["User"] }) {
  const { t } = useTranslation("people");
  const { t: c } = useTranslation();
  const [editing, edit] = useDisclosure();
  const [switching, change] = useDisclosure();
  const [deleting, remove] = useDisclosure();
  const name = nameOf(user);
  return (
    <>
      <Button variant="default" leftSection={<IconPencil size={16} aria-hidden />} onClick={edit.open}>
        {c("actions.edit")}
      </Button>
      <Button
        variant="default"
        leftSection={user.active ? <IconUserOff size={16} aria-hidden /> : <IconUserCheck size={16} aria-hidden />}
        onClick={change.open}
      >
        {user.active ? t("actions.deactivate") : t("actions.activate")}
      </Button>
      <Button variant="default" leftSection={<IconTrash size={16} aria-hidden />} onClick={remove.open}>
        {c("actions.delete")}
      </Button>
      {editing && <UserForm user={user} close={edit.close} />}
      {switching && <Switching user={user} name={name} close={change.close} />}
      {deleting && <Deleting user={user} name={name} close={remove.close} />}
    </>
  );
}

interface DialogProps {
  user: Schemas["User"];
  name: string;
  close: () => void;
}

function Switching({ user, name, close }: DialogProps) {
  const { t } = useTranslation("people");
  const { id: tenant } = useTenant();
  const queries = useQueryClient();
  const update = api.useMutation("patch", one, {
    onSuccess: (now) => {
      void refresh(queries, users);
      notifications.show({ color: "teal", message: t(now.active ? "actions.activated" : "actions.deactivated", { name }) });
      close();
    },
  });
  return (
    <Confirm
      opened
      close={close}
      title={t(user.active ? "actions.deactivate_title" : "actions.activate_title", { name })}
      action={t(user.active ? "actions.deactivate" : "actions.activate")}
      busy={update.isPending}
      error={update.error}
      confirm={() => update.mutate({ params: { path: { tenant, user: user.id } }, body: { active: !user.active } })}
    >
      {t(user.active ? "actions.deactivate_text" : "actions.activate_text", { name })}
    </Confirm>
  );
}

function Deleting({ user, name, close }: DialogProps) {
  const { t } = useTranslation("people");
  const { t: c } = useTranslation();
  const { id: tenant } = useTenant();
  const queries = useQueryClient();
  const go = useGo();
  const path = useTenantPath();
  const remove = api.useMutation("delete", one, {
    onSuccess: () => {
      notifications.show({ color: "teal", message: t("actions.deleted", { name }) });
      close();
      go(path("people"), { replace: true });
      void refresh(queries, users);
    },
  });
  return (
    <Confirm
      danger
      opened
      close={close}
      title={t("actions.delete_title", { name })}
      action={c("actions.delete")}
      typed={user.user_name}
      busy={remove.isPending}
      error={remove.error}
      confirm={() => remove.mutate({ params: { path: { tenant, user: user.id } } })}
    >
      {t("actions.delete_text", { name })}
    </Confirm>
  );
}
