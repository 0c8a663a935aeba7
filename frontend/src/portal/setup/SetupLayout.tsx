import { Navigate, Outlet, useParams, useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { Go, GoButton, useTenant, useTenantPath } from "../../app/tenant";
import { PageHeader } from "../../ui/Page";
import { Empty, Loaded } from "../../ui/State";
import { ConnectionStatus } from "../../ui/Status";
import { AskBeforeLeaving } from "./AskBeforeLeaving";
import { SetupProvider } from "./context";
import css from "./setup.module.css";
import { resumeAt, stepAt } from "./steps";
import { StepNav } from "./StepNav";

/** The wizard of a connection: its steps, and what they share. */
export function SetupLayout() {
  const { connection = "" } = useParams({ strict: false });
  const { id: tenant } = useTenant();
  const init = { params: { path: { tenant, connection } } };
  const one = api.useQuery("get", "/api/v1/tenants/{tenant}/connections/{connection}", init);
  const health = api.useQuery("get", "/api/v1/tenants/{tenant}/connections/{connection}/health", init, { refetchInterval: 15_000 });
  return (
    <Loaded page query={one}>
      {(connection) =>
        connection.deleted_at ? (
          <Deleted connection={connection} />
        ) : (
          <Loaded query={health}>
            {(health) => (
              <SetupProvider key={connection.id} connection={connection} health={health}>
                <Frame connection={connection} health={health} />
              </SetupProvider>
            )}
          </Loaded>
        )
      }
    </Loaded>
  );
}

function Frame({ connection, health }: { connection: Schemas["Connection"]; health: Schemas["ConnectionHealth"] }) {
  const path = useTenantPath();
  const wizard = path("connections", connection.id, "setup");
  const at = useRouterState({ select: (s) => s.location.pathname });
  const current = stepAt(at, wizard);
  const resume = resumeAt(health);
  if (at.replace(/\/$/, "") === wizard) return <Navigate to={`${wizard}/${resume}`} replace />;
  return (
    <>
      <Crumbs status={<ConnectionStatus status={health.status} />}>
        <Go to={path("connections", connection.id)}>{connection.name}</Go>
      </Crumbs>
      <StepNav current={current ?? resume} resume={resume} connection={connection.id} />
      <Outlet />
      <AskBeforeLeaving wizard={wizard} />
    </>
  );
}

/** Where one is. */
export function Crumbs({ status, children }: { status?: ReactNode; children: ReactNode }) {
  const { t } = useTranslation();
  const path = useTenantPath();
  return (
    <div className={css.top}>
      <div className={css.crumbs}>
        <Go to={path("connections")}>{t("nav.connections")}</Go>
        <span aria-hidden>/</span>
        {children}
      </div>
      {status}
    </div>
  );
}

function Deleted({ connection }: { connection: Schemas["Connection"] }) {
  const { t } = useTranslation("setup");
  const path = useTenantPath();
  return (
    <>
      <PageHeader title={connection.name} />
      <Empty
        title={t("deleted.title")}
        text={t("deleted.text")}
        action={<GoButton to={path("connections", connection.id)}>{t("deleted.action")}</GoButton>}
      />
    </>
  );
}
