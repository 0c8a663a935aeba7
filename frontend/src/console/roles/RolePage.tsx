import { Button, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh } from "../../api/list";
import { GoButton, useGo } from "../../app/tenant";
import { Confirm } from "../../ui/Confirm";
import { Facts, PageHeader, Section } from "../../ui/Page";
import { Loaded } from "../../ui/State";
import { PermissionEditor } from "./PermissionEditor";
import { RoleDialog } from "./RoleDialog";

/** One role: what it is, and what it may do in Roster. */
export function RolePage() {
  const { role: key = "" } = useParams({ strict: false });
  const query = api.useQuery("get", "/api/v1/roles/{role}", { params: { path: { role: key } } });
  return <Loaded page query={query}>{(role) => <Role role={role} />}</Loaded>;
}

function Role({ role }: { role: Schemas["Role"] }) {
  const { t } = useTranslation("roles");
  const { t: common } = useTranslation();
  const [changing, changeDialog] = useDisclosure(false);
  const [deleting, deleteDialog] = useDisclosure(false);
  const params = { path: { role: role.key } };
  const lines = api.useQuery("get", "/api/v1/roles/{role}/permissions", { params });
  const permissions = api.useQuery("get", "/api/v1/permissions", {});
  return (
    <>
      <PageHeader
        title={role.name}
        text={role.description}
        actions={
          <Group>
            <GoButton to="/console/roles" variant="default">
              {common("actions.back")}
            </GoButton>
            {!role.built_in && (
              <>
                <Button variant="default" onClick={changeDialog.open}>
                  {common("actions.edit")}
                </Button>
                <Button variant="default" onClick={deleteDialog.open}>
                  {common("actions.delete")}
                </Button>
              </>
            )}
          </Group>
        }
      />
      <Stack gap="lg">
        <Section>
          <Facts
            items={[
              [t("key"), <code key="k">{role.key}</code>],
              [t("rank"), role.rank],
              [t("grantable"), common(role.grantable ? "yes" : "no")],
              [t("keep_one"), common(role.keep_one ? "yes" : "no")],
              [t("mappable"), common(role.mappable_with_permissions ? "yes" : "no")],
            ]}
          />
        </Section>
        {role.built_in && <Text c="dimmed">{t("built_in_text")}</Text>}
        <Loaded query={lines}>
          {(set) => (
            <Loaded query={permissions}>
              {(all) => <PermissionEditor key={JSON.stringify(set.lines)} role={role} lines={set.lines} permissions={all.items} />}
            </Loaded>
          )}
        </Loaded>
      </Stack>
      {changing && <RoleDialog role={role} close={changeDialog.close} />}
      {deleting && <Deletion role={role} close={deleteDialog.close} />}
    </>
  );
}

function Deletion({ role, close }: { role: Schemas["Role"]; close: () => void }) {
  const { t } = useTranslation("roles");
  const { t: common } = useTranslation();
  const go = useGo();
  const queries = useQueryClient();
  const remove = api.useMutation("delete", "/api/v1/roles/{role}", {
    onSuccess: () => {
      notifications.show({ message: t("was_deleted", { name: role.name }) });
      void refresh(queries, "/api/v1/roles");
      go("/console/roles", { replace: true });
    },
  });
  return (
    <Confirm
      opened
      close={close}
      title={t("delete_title", { name: role.name })}
      action={common("actions.delete")}
      danger
      typed={role.name}
      busy={remove.isPending}
      error={remove.error}
      confirm={() => remove.mutate({ params: { path: { role: role.key } } })}
    >
      {t("delete_text")}
    </Confirm>
  );
}
