import type { Server } from "./server";
import type { World } from "./world";

/** A page of the interface, under a name for people and files. */
export interface Page {
  name: string;
  path: string;
}

/** The pages of a tenant, below "/portal" or below a tenant in the console. */
export async function tenantPages(server: Server, w: World, base: string): Promise<Page[]> {
  const t = `/api/v1/tenants/${w.acme}`;
  const [request] = (await server.api<{ items: { id: string }[] }>("GET", `${t}/connections/${w.okta.id}/requests?limit=1`)).items;
  const [cycle] = (await server.api<{ items: { id: string }[] }>("GET", `${t}/connections/${w.okta.id}/cycles?limit=1`)).items;
  const list: [name: string, path: string][] = [
    ["connections", "/connections"],
    ["connection-new", "/connections/new"],
    ["connection-overview", `/connections/${w.okta.id}`],
    ["connection-problems", `/connections/${w.entra.id}`],
    ["connection-tokens", `/connections/${w.okta.id}/tokens`],
    ["connection-activity", `/connections/${w.okta.id}/activity`],
    ["connection-settings", `/connections/${w.okta.id}/settings`],
    ["connection-deleted", `/connections/${w.gone.id}`],
    ["setup-permissions", `/connections/${w.draft.id}/setup/permissions`],
    ["setup-token", `/connections/${w.draft.id}/setup/token`],
    ["setup-guide-waiting", `/connections/${w.draft.id}/setup/guide`],
    ["setup-guide-okta", `/connections/${w.okta.id}/setup/guide`],
    ["setup-guide-entra", `/connections/${w.entra.id}/setup/guide`],
    ["setup-review", `/connections/${w.okta.id}/setup/review`],
    ["people", "/people"],
    ["people-nobody", "/people?q=nobody%40nowhere.example"],
    ["person-now", `/people/${w.person}`],
    ["person-why", `/people/${w.person}/why`],
    ["person-history", `/people/${w.person}/history`],
    ["person-raw", `/people/${w.person}/raw`],
    ["person-manual", `/people/${w.manual}`],
    ["groups", "/groups"],
    ["group", `/groups/${w.group}`],
    ["activity", "/activity"],
    ["activity-cycle", `/activity/cycles/${w.okta.id}/${cycle?.id ?? ""}`],
    ["requests", "/activity/requests"],
    ["requests-refused", "/activity/requests?outcome=refused"],
    ["request", `/activity/requests/${w.okta.id}/${request?.id ?? ""}`],
    ["access", "/access"],
    ["access-invitations", "/access/invitations"],
    ["access-audit", "/access/audit"],
    ["access-support", "/access/support"],
    ["not-found", "/people/01a202c3-681e-7478-af59-72808a9ae47f"],
    ["no-connection", "/connections/con01m81c6t0yehvs7mmswhpp4dbc"],
  ];
  return list.map(([name, path]) => ({ name, path: base + path }));
}

/** The console's own pages. */
export async function consolePages(server: Server, w: World): Promise<Page[]> {
  const [delivery] = (await server.api<{ items: { id: string }[] }>("GET", `/api/v1/webhooks/${w.webhook}/deliveries?limit=1`)).items;
  const list: [name: string, path: string][] = [
    ["tenants", "/tenants"],
    ["tenant-settings", `/tenants/${w.acme}/settings`],
    ["request-explorer", `/requests?tenant=${w.acme}`],
    ["roles", "/roles"],
    ["role", "/roles/editor"],
    ["decisions", "/roles/decisions"],
    ["delivery", "/delivery"],
    ["webhook", `/delivery/${w.webhook}`],
    ["delivery-attempt", `/delivery/${w.webhook}/${delivery?.id ?? ""}`],
    ["api-keys", "/api-keys"],
    ["staff", "/staff"],
    ["audit", "/audit"],
    ["settings", "/settings"],
  ];
  return list.map(([name, path]) => ({ name, path: `/console${path}` }));
}
