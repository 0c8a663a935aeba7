import { createServer, type Server as HTTPServer } from "node:http";
import type { AddressInfo } from "node:net";

import type { Server } from "./server";

/** A connection and the token that its identity provider has. */
export interface Provisioned {
  id: string;
  base_url: string;
  token: string;
}

/** What the pages show: customers with connections in several states, roles, webhooks. */
export interface World {
  acme: string;
  okta: Provisioned;
  entra: Provisioned;
  draft: Provisioned;
  gone: Provisioned;
  group: string;
  person: string;
  manual: string;
  webhook: string;
  receiver: HTTPServer;
}

interface Created {
  id: string;
  base_url: string;
  token?: { secret?: string };
}

/** Makes a connection with a token, as the portal's wizard does. */
export async function connect(server: Server, tenant: string, name: string, provider: string): Promise<Provisioned> {
  const c = await server.api<Created>("POST", `/api/v1/tenants/${tenant}/connections`, { name, provider, token: { name: "First token", expires_in: "1y" } });
  return { id: c.id, base_url: c.base_url, token: c.token?.secret ?? "" };
}

export async function newTenant(server: Server, name: string): Promise<string> {
  return (await server.api<{ id: string }>("POST", "/api/v1/tenants", { name })).id;
}

/** The vendor's roles and places in its app. */
export async function catalogue(server: Server, tenant: string) {
  const roles = [
    { key: "app-admin", name: "App administrator", description: "Runs the workspace.", rank: 10 },
    { key: "editor", name: "Editor", description: "Changes documents.", rank: 20 },
    { key: "reader", name: "Reader", description: "Reads documents.", rank: 30 },
  ];
  for (const role of roles) await server.api("POST", "/api/v1/roles", { ...role, grantable: true });
  await server.api("POST", `/api/v1/tenants/${tenant}/entry-points`, { key: "billing", name: "Billing", description: "Invoices and payment methods" });
}

/** Fills an installation. */
export async function fill(server: Server): Promise<World> {
  const acme = await newTenant(server, "Acme");
  await newTenant(server, "Globex");
  await catalogue(server, acme);
  const receiver = createServer((request, response) => {
    request.resume();
    response.writeHead(request.url === "/broken" ? 500 : 204).end(request.url === "/broken" ? "no database" : undefined);
  });
  await new Promise<void>((done) => receiver.listen(0, "127.0.0.1", done));
  const { port } = receiver.address() as AddressInfo;
  const hook = (path: string, description: string) => server.api<{ id: string }>("POST", "/api/v1/webhooks", { url: `http://127.0.0.1:${port}${path}`, description, types: [] });
  const webhook = (await hook("/events", "The app")).id;
  await hook("/broken", "Something that fails");

  const okta = await connect(server, acme, "Acme - Okta", "okta");
  const entra = await connect(server, acme, "Acme - Entra", "entra");
  const draft = await connect(server, acme, "Acme - OneLogin", "onelogin");
  const gone = await connect(server, acme, "Acme - JumpCloud", "jumpcloud");
  await server.simulate("okta", okta, "--users", "60", "--groups", "6");
  await server.simulate("entra", entra, "--users", "20", "--groups", "3", "--seed", "2", "--mistake", "mail-nickname");
  await fetch(`${okta.base_url}/Users`, { headers: { Authorization: "Bearer rstrtokwrong" } });
  await server.api("DELETE", `/api/v1/tenants/${acme}/connections/${gone.id}?people=keep&confirm=${encodeURIComponent("Acme - JumpCloud")}`);

  const groups = await server.api<{ items: { id: string }[] }>("GET", `/api/v1/tenants/${acme}/groups?limit=5`);
  const group = groups.items[0]?.id ?? "";
  await server.api("PUT", `/api/v1/tenants/${acme}/groups/${group}/role-mappings`, { mappings: [{ entry_point: "*", role: "editor" }] });
  const members = await server.api<{ items: { id: string }[] }>("GET", `/api/v1/tenants/${acme}/groups/${group}/members?limit=1`);
  const manual = await server.api<{ id: string }>("POST", `/api/v1/tenants/${acme}/users`, { user_name: "john@acme.example", display_name: "John Roe" });
  await server.portalLink(acme);
  return { acme, okta, entra, draft, gone, group, person: members.items[0]?.id ?? "", manual: manual.id, webhook, receiver };
}
