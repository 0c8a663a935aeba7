import { Text } from "@mantine/core";
import {
  IconActivity,
  IconBuilding,
  IconKey,
  IconListSearch,
  IconPlugConnected,
  IconReportSearch,
  IconSend,
  IconSettings,
  IconShieldCheck,
  IconShieldLock,
  IconUsers,
  IconUsersGroup,
  IconUserStar,
} from "@tabler/icons-react";
import { Navigate, Outlet, useParams, useRouterState } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { api } from "../api/client";
import { Loaded } from "../ui/State";
import { useEmbedding } from "./embed";
import { type Permission, useCan, useSession } from "./session";
import { Banner, type NavGroup, type NavItem, Shell } from "./Shell";
import { TenantProvider, useGo, useTenant } from "./tenant";

/** The pages of a tenant, for its own people and for the vendor's. */
function useTenantNav(base: string): NavItem[] {
  const { t } = useTranslation();
  const can = useCan();
  const items: [Permission, NavItem][] = [
    ["provisioning:read", { to: `${base}/connections`, label: t("nav.connections"), icon: IconPlugConnected }],
    ["directory:read", { to: `${base}/people`, label: t("nav.people"), icon: IconUsers }],
    ["directory:read", { to: `${base}/groups`, label: t("nav.groups"), icon: IconUsersGroup }],
    ["provisioning:read", { to: `${base}/activity`, label: t("nav.activity"), icon: IconActivity }],
    ["provisioning:read", { to: `${base}/access`, label: t("nav.access"), icon: IconShieldLock }],
  ];
  return items.filter(([permission]) => can(permission)).map(([, item]) => item);
}

/** The portal: one tenant's own people. */
export function PortalLayout() {
  const session = useSession();
  const path = useRouterState({ select: (s) => s.location.href });
  const go = useGo();
  useEmbedding(session.frame_ancestors, path, go);
  const nav = useTenantNav("/portal");
  if (session.kind === "staff" || !session.tenant) return <Navigate to="/console" replace />;
  return (
    <TenantProvider id={session.tenant.id} name={session.tenant.name} base="/portal">
      <Shell nav={[{ items: nav }]}>
        <Outlet />
      </Shell>
    </TenantProvider>
  );
}

/** The console: the vendor's own people. */
export function ConsoleLayout() {
  const session = useSession();
  if (session.kind === "portal") return <Navigate to="/portal" replace />;
  return <Outlet />;
}

function useConsoleNav(): NavItem[] {
  const { t } = useTranslation();
  const can = useCan();
  const items: [Permission, NavItem][] = [
    ["tenants:read", { to: "/console/tenants", label: t("nav.tenants"), icon: IconBuilding }],
    ["provisioning:read", { to: "/console/requests", label: t("nav.requests"), icon: IconListSearch }],
    ["roles:manage", { to: "/console/roles", label: t("nav.roles"), icon: IconUserStar }],
    ["webhooks:manage", { to: "/console/delivery", label: t("nav.delivery"), icon: IconSend }],
    ["keys:manage", { to: "/console/api-keys", label: t("nav.api_keys"), icon: IconKey }],
    ["keys:manage", { to: "/console/staff", label: t("nav.staff"), icon: IconShieldCheck }],
    ["audit:read", { to: "/console/audit", label: t("nav.audit"), icon: IconReportSearch }],
    ["roles:manage", { to: "/console/settings", label: t("nav.settings"), icon: IconSettings }],
  ];
  return items.filter(([permission]) => can(permission)).map(([, item]) => item);
}

/** Pages of the console that are about the whole installation. */
export function InstallationLayout() {
  const nav = useConsoleNav();
  return (
    <Shell nav={[{ items: nav }]}>
      <Outlet />
    </Shell>
  );
}

/** A tenant as its own people see it, looked at by the vendor's. */
export function ConsoleTenantLayout() {
  const { tenant: id = "" } = useParams({ strict: false });
  const { t } = useTranslation();
  const query = api.useQuery("get", "/api/v1/tenants/{tenant}", { params: { path: { tenant: id } } });
  const base = `/console/tenants/${id}`;
  const installation = useConsoleNav();
  const pages = useTenantNav(base);
  const settings: NavItem = { to: `${base}/settings`, label: t("nav.tenant_settings"), icon: IconBuilding };
  const nav: NavGroup[] = [{ items: installation }, { label: query.data?.name ?? "…", items: [...pages, settings] }];
  return (
    <Shell nav={nav} banner={query.data && <LookBanner tenant={query.data.name} />}>
      <Loaded page query={query}>
        {(tenant) => (
          <TenantProvider id={tenant.id} name={tenant.name} base={base}>
            <Outlet />
          </TenantProvider>
        )}
      </Loaded>
    </Shell>
  );
}

function LookBanner({ tenant }: { tenant: string }) {
  const { t } = useTranslation();
  const { roles } = useSession();
  const can = useCan();
  return (
    <Banner label={t("support.label")}>
      <Text span fw={650} inherit>
        {t("support.banner", { tenant, role: roles.join(", ") })}
      </Text>
      {!can("directory:unmasked") && <span>{t("support.masked")}</span>}
      <span>{t("support.recorded", { tenant })}</span>
    </Banner>
  );
}

/** Where a tenant's pages begin. */
export function TenantHome() {
  const { base } = useTenant();
  return <Navigate to={`${base}/connections`} replace />;
}
