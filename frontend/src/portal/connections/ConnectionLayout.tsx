import { Alert, Group, Text } from "@mantine/core";
import { IconArrowLeft, IconTrash } from "@tabler/icons-react";
import { Outlet, useParams, useRouterState } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { useCan } from "../../app/session";
import { Go, useTenant, useTenantPath } from "../../app/tenant";
import { PageHeader } from "../../ui/Page";
import { Loaded } from "../../ui/State";
import { ConnectionStatus } from "../../ui/Status";
import { TabLinks } from "../../ui/TabLinks";
import { Time } from "../../ui/Time";
import { ConnectionProvider, useConnection, useConnectionPath } from "./connection";
import { ConnectionActions } from "./ConnectionActions";
import { Restore } from "./Restore";
import { settingUp, setupOf } from "./wording";
import { useMissing } from "./words";

/** What is around the pages of one connection: which it is, how it does, and what can be done. */
export function ConnectionLayout() {
  const { connection: id = "" } = useParams({ strict: false });
  const { id: tenant } = useTenant();
  const params = { path: { tenant, connection: id } };
  const connection = api.useQuery("get", "/api/v1/tenants/{tenant}/connections/{connection}", { params }, { refetchInterval: 15_000 });
  const health = api.useQuery("get", "/api/v1/tenants/{tenant}/connections/{connection}/health", { params }, { refetchInterval: 10_000 });
  return (
    <Loaded page query={connection}>
      {(c) => (
        <Loaded query={health}>
          {(h) => (
            <ConnectionProvider key={id} connection={c} health={h}>
              <Head />
              <Outlet />
            </ConnectionProvider>
          )}
        </Loaded>
      )}
    </Loaded>
  );
}

/** The last part of a page's address says which tab it is. */
const tabOf = (path: string, base: string) => (["tokens", "activity", "settings"] as const).find((tab) => path === `${base}/${tab}`) ?? "overview";

function Head() {
  const { t } = useTranslation(["connections", "common"]);
  const { connection, health } = useConnection();
  const path = useConnectionPath();
  const connections = useTenantPath()("connections");
  const here = useRouterState({ select: (s) => s.location.pathname });
  const tabs = [
    { to: path(), label: t("connections:tabs.overview") },
    { to: path(...setupOf(health)), label: settingUp(health) ? t("connections:tabs.setup") : t("connections:tabs.guide") },
    { to: path("tokens"), label: t("connections:tabs.tokens") },
    { to: path("activity"), label: t("connections:tabs.activity") },
    { to: path("settings"), label: t("connections:tabs.settings") },
  ];
  return (
    <>
      <Go to={connections} size="sm">
        <Group component="span" gap={4} mb="xs">
          <IconArrowLeft size={16} aria-hidden />
          {t("connections:list.title")}
        </Group>
      </Go>
      <PageHeader
        title={`${connection.name} · ${t(`connections:tabs.${tabOf(here, path())}`)}`}
        heading={connection.name}
        text={
          <>
            <Group gap="xs" my={6}>
              <ConnectionStatus status={health.status} />
              <Text span>{t(`common:provider.${connection.provider}`)}</Text>
            </Group>
            <Text maw="46rem">{health.reason}</Text>
          </>
        }
        actions={<ConnectionActions />}
      />
      <ReadOnly />
      <Deleted />
      <TabLinks label={t("connections:tabs.label", { name: connection.name })} tabs={connection.status === "deleting" ? tabs.filter((_, i) => i !== 1) : tabs} />
    </>
  );
}

function ReadOnly() {
  const can = useCan();
  const missing = useMissing();
  if (can("provisioning:create")) return null;
  return (
    <Text size="sm" c="dimmed" mb="md">
      {missing("provisioning:create")}
    </Text>
  );
}

/** Until when a deleted connection can be had back, on each of its pages. */
function Deleted() {
  const { t } = useTranslation("connections");
  const { connection } = useConnection();
  const can = useCan();
  if (connection.status !== "deleting") return null;
  return (
    <Alert color="red" variant="light" icon={<IconTrash size={18} />} title={t("deleted.title")} mb="lg">
      <Text mb="sm">
        {t("deleted.until")} <Time at={connection.restorable_until} exact />. {t(`deleted.${connection.people_on_delete ?? "keep"}`)}
      </Text>
      {can("provisioning:delete") && <Restore connection={connection.id} name={connection.name} size="sm" />}
    </Alert>
  );
}
