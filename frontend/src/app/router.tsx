import { createRootRoute, createRoute, createRouter, lazyRouteComponent, type AnyRoute, Navigate } from "@tanstack/react-router";

import { PageSkeleton } from "../ui/Page";
import { Failed } from "../ui/State";
import { Broken } from "./Broken";
import { ConsoleLayout, ConsoleTenantLayout, InstallationLayout, PortalLayout, TenantHome } from "./layouts";
import { NotFound } from "./NotFound";
import { Root } from "./Root";

/** A page, loaded when it is first shown. */
type Page = ReturnType<typeof lazyRouteComponent>;

const child = (parent: AnyRoute, path: string, component: Page) => createRoute({ getParentRoute: () => parent, path, component });

const connections = (name: "ConnectionsPage" | "ConnectionLayout" | "OverviewPage" | "ConnectionSettingsPage") => lazyRouteComponent(() => import("../portal/connections"), name);
const setup = (name: "NewConnectionPage" | "SetupLayout" | "NameStep" | "PermissionsStep" | "TokenStep" | "GuideStep" | "ReviewStep") => lazyRouteComponent(() => import("../portal/setup"), name);
const tokens = lazyRouteComponent(() => import("../portal/tokens"), "TokensPage");
const people = (name: "PeoplePage" | "PersonPage") => lazyRouteComponent(() => import("../portal/people"), name);
const groups = (name: "GroupsPage" | "GroupPage") => lazyRouteComponent(() => import("../portal/groups"), name);
const activity = (name: "ActivityPage" | "RequestsPage" | "RequestPage" | "CyclePage") => lazyRouteComponent(() => import("../portal/activity"), name);
const access = lazyRouteComponent(() => import("../portal/access"), "AccessPage");

/** The pages of a tenant; the portal has them, and the console for each tenant. */
function tenantPages(parent: AnyRoute) {
  const connection = child(parent, "connections/$connection", connections("ConnectionLayout"));
  const wizard = child(parent, "connections/$connection/setup", setup("SetupLayout"));
  return [
    createRoute({ getParentRoute: () => parent, path: "/", component: TenantHome }),
    child(parent, "connections", connections("ConnectionsPage")),
    child(parent, "connections/new", setup("NewConnectionPage")),
    connection.addChildren([
      child(connection, "/", connections("OverviewPage")),
      child(connection, "tokens", tokens),
      child(connection, "activity", activity("RequestsPage")),
      child(connection, "settings", connections("ConnectionSettingsPage")),
    ]),
    wizard.addChildren([
      child(wizard, "name", setup("NameStep")),
      child(wizard, "permissions", setup("PermissionsStep")),
      child(wizard, "token", setup("TokenStep")),
      child(wizard, "guide", setup("GuideStep")),
      child(wizard, "review", setup("ReviewStep")),
    ]),
    child(parent, "people", people("PeoplePage")),
    child(parent, "people/$user", people("PersonPage")),
    child(parent, "people/$user/$tab", people("PersonPage")),
    child(parent, "groups", groups("GroupsPage")),
    child(parent, "groups/$group", groups("GroupPage")),
    child(parent, "activity", activity("ActivityPage")),
    child(parent, "activity/cycles/$connection/$cycle", activity("CyclePage")),
    child(parent, "activity/requests", activity("RequestsPage")),
    child(parent, "activity/requests/$connection/$request", activity("RequestPage")),
    child(parent, "access", access),
    child(parent, "access/$tab", access),
  ];
}

const tenants = (name: "TenantsPage" | "TenantSettingsPage") => lazyRouteComponent(() => import("../console/tenants"), name);
const roles = (name: "RolesPage" | "RolePage" | "DecisionPage") => lazyRouteComponent(() => import("../console/roles"), name);
const delivery = (name: "WebhooksPage" | "WebhookPage" | "DeliveryPage") => lazyRouteComponent(() => import("../console/delivery"), name);
const settings = (name: "KeysPage" | "StaffPage" | "AuditPage" | "SettingsPage") => lazyRouteComponent(() => import("../console/settings"), name);
const explorer = lazyRouteComponent(() => import("../console/requests"), "RequestExplorerPage");

function consolePages(console: AnyRoute) {
  const installation = createRoute({ getParentRoute: () => console, id: "installation", component: InstallationLayout });
  const tenant = createRoute({ getParentRoute: () => console, path: "tenants/$tenant", component: ConsoleTenantLayout });
  return [
    installation.addChildren([
      createRoute({ getParentRoute: () => installation, path: "/", component: () => <Navigate to="/console/tenants" replace /> }),
      child(installation, "tenants", tenants("TenantsPage")),
      child(installation, "requests", explorer),
      child(installation, "roles", roles("RolesPage")),
      child(installation, "roles/decisions", roles("DecisionPage")),
      child(installation, "roles/$role", roles("RolePage")),
      child(installation, "delivery", delivery("WebhooksPage")),
      child(installation, "delivery/$webhook", delivery("WebhookPage")),
      child(installation, "delivery/$webhook/$delivery", delivery("DeliveryPage")),
      child(installation, "api-keys", settings("KeysPage")),
      child(installation, "staff", settings("StaffPage")),
      child(installation, "audit", settings("AuditPage")),
      child(installation, "settings", settings("SettingsPage")),
    ]),
    tenant.addChildren([...tenantPages(tenant), child(tenant, "settings", tenants("TenantSettingsPage"))]),
  ];
}

/** routerOf is the router with every page of the interface. */
export function routerOf() {
  const root = createRootRoute({ component: Root, errorComponent: Broken });
  const portal = createRoute({ getParentRoute: () => root, path: "portal", component: PortalLayout });
  const console = createRoute({ getParentRoute: () => root, path: "console", component: ConsoleLayout });
  return createRouter({
    routeTree: root.addChildren([portal.addChildren(tenantPages(portal)), console.addChildren(consolePages(console))]),
    defaultPreload: "intent",
    scrollRestoration: true,
    defaultPendingComponent: PageSkeleton,
    defaultErrorComponent: ({ error, reset }) => <Failed error={error} retry={reset} />,
    defaultNotFoundComponent: NotFound,
  });
}
