import type { Provider } from "./roads";

/** A value that a field gets: one of the connection's, or a text that is always the same. */
export type Value = "baseUrl" | "entraUrl" | "token" | "header" | "name" | { fixed: string };

/** What an administrator's page looks like, as far as a step needs it. Labels are the provider's own. */
export interface Sketch {
  title: string;
  rail?: { items: string[]; at: string };
  tabs?: { items: string[]; at: string };
  fields?: { label: string; value?: Value }[];
  switches?: { label: string; on: boolean }[];
  rows?: string[];
  button?: string;
}

export interface Step {
  /** Its texts are `steps.<guide>.<id>`. */
  id: string;
  /** What is pasted or chosen, under the provider's own labels. */
  fields?: { label: string; value: Value }[];
  sketch?: Sketch;
}

/** The guide of a provider and road. */
export type GuideName = keyof typeof guides;

const oktaTabs = ["General", "Sign On", "Provisioning", "Assignments", "Push Groups"];
const oktaActions = [
  { label: "Create Users", on: true },
  { label: "Update User Attributes", on: true },
  { label: "Deactivate Users", on: true },
];
const oktaShared: Step[] = [
  { id: "assign", sketch: { title: "Roster", tabs: { items: oktaTabs, at: "Assignments" }, rows: ["Assign to People", "Assign to Groups"], button: "Assign" } },
  { id: "push", sketch: { title: "Roster", tabs: { items: oktaTabs, at: "Push Groups" }, rows: ["Find groups by name", "Find groups by rule"], button: "Push Groups" } },
];
const entraApp: Step = { id: "app", sketch: { title: "Enterprise apps", rail: { items: ["Overview", "Enterprise apps", "Groups", "Users"], at: "Enterprise apps" }, button: "New application" } };
const entraRail = (at: string) => ({ items: ["Overview", "Provisioning", "Attribute mapping", "Users and groups", "Provision on demand"], at });
const entraShared: Step[] = [
  { id: "mapping", fields: [{ label: "externalId", value: { fixed: "objectId" } }], sketch: { title: "Attribute mapping", rail: entraRail("Attribute mapping"), fields: [{ label: "externalId", value: { fixed: "objectId" } }], button: "Save" } },
  { id: "assign", sketch: { title: "Users and groups", rail: entraRail("Users and groups"), button: "Add user/group" } },
  { id: "demand", sketch: { title: "Provision on demand", rail: entraRail("Provision on demand"), fields: [{ label: "Select a user or group" }], button: "Provision" } },
];
const pair = (url: string, token: string) => [
  { label: url, value: "baseUrl" as const },
  { label: token, value: "token" as const },
];

export const guides = {
  okta_template: [
    { id: "app", sketch: { title: "Browse App Catalog", rail: { items: ["Dashboard", "Directory", "Applications", "Security"], at: "Applications" }, fields: [{ label: "Search", value: { fixed: "SCIM 2.0 Test App (OAuth Bearer Token)" } }], button: "Add Integration" } },
    { id: "credentials", fields: pair("SCIM 2.0 Base Url", "OAuth Bearer Token"), sketch: { title: "Integration", tabs: { items: oktaTabs, at: "Provisioning" }, fields: [{ label: "SCIM 2.0 Base Url", value: "baseUrl" }, { label: "OAuth Bearer Token", value: { fixed: "••••••••••" } }], button: "Test API Credentials" } },
    { id: "actions", sketch: { title: "To App", tabs: { items: oktaTabs, at: "Provisioning" }, switches: oktaActions, button: "Save" } },
    ...oktaShared,
  ],
  okta_wizard: [
    { id: "enable", sketch: { title: "App Settings", tabs: { items: oktaTabs, at: "General" }, switches: [{ label: "Provisioning: SCIM", on: true }, { label: "Federation Broker Mode", on: false }], button: "Save" } },
    {
      id: "credentials",
      fields: [{ label: "SCIM connector base URL", value: "baseUrl" }, { label: "Unique identifier field for users", value: { fixed: "userName" } }, { label: "Authentication Mode", value: { fixed: "HTTP Header" } }, { label: "Authorization", value: "token" }],
      sketch: { title: "SCIM Connection", tabs: { items: oktaTabs, at: "Provisioning" }, fields: [{ label: "SCIM connector base URL", value: "baseUrl" }, { label: "Unique identifier field for users", value: { fixed: "userName" } }, { label: "Authentication Mode", value: { fixed: "HTTP Header" } }], button: "Test Connector Configuration" },
    },
    { id: "supported", sketch: { title: "Supported provisioning actions", tabs: { items: oktaTabs, at: "Provisioning" }, switches: [{ label: "Push New Users", on: true }, { label: "Push Profile Updates", on: true }, { label: "Push Groups", on: true }], button: "Save" } },
    { id: "actions", sketch: { title: "To App", tabs: { items: oktaTabs, at: "Provisioning" }, switches: oktaActions, button: "Save" } },
    ...oktaShared,
  ],
  entra_current: [
    entraApp,
    { id: "credentials", fields: [{ label: "Tenant URL", value: "entraUrl" }, { label: "Secret Token", value: "token" }], sketch: { title: "New provisioning configuration", rail: entraRail("Provisioning"), fields: [{ label: "Tenant URL", value: "entraUrl" }, { label: "Secret Token", value: { fixed: "••••••••••" } }], button: "Test Connection" } },
    ...entraShared,
    { id: "start", sketch: { title: "Overview", rail: entraRail("Overview"), switches: [{ label: "Prevent accidental deletion", on: true }], button: "Start provisioning" } },
  ],
  entra_classic: [
    entraApp,
    { id: "credentials", fields: [{ label: "Provisioning Mode", value: { fixed: "Automatic" } }, { label: "Tenant URL", value: "entraUrl" }, { label: "Secret Token", value: "token" }], sketch: { title: "Provisioning", rail: entraRail("Provisioning"), fields: [{ label: "Provisioning Mode", value: { fixed: "Automatic" } }, { label: "Tenant URL", value: "entraUrl" }, { label: "Secret Token", value: { fixed: "••••••••••" } }], button: "Test Connection" } },
    ...entraShared,
    { id: "start", fields: [{ label: "Scope", value: { fixed: "Sync only assigned users and groups" } }], sketch: { title: "Settings", rail: entraRail("Provisioning"), switches: [{ label: "Provisioning Status", on: true }], button: "Save" } },
  ],
  google: [
    { id: "how" },
    { id: "bridge", fields: pair("SCIM base URL", "Bearer token") },
    { id: "access", fields: [{ label: "OAuth scopes", value: { fixed: "https://www.googleapis.com/auth/admin.directory.user.readonly,https://www.googleapis.com/auth/admin.directory.group.readonly" } }], sketch: { title: "Domain-wide delegation", rail: { items: ["Overview", "Authentication", "Access and data control", "API controls"], at: "API controls" }, fields: [{ label: "Client ID" }, { label: "OAuth scopes" }], button: "Add new" } },
    { id: "check" },
  ],
  onelogin: [
    { id: "app", sketch: { title: "Find Applications", rail: { items: ["Users", "Applications", "Devices", "Security"], at: "Applications" }, fields: [{ label: "Search", value: { fixed: "SCIM Provisioner with SAML (SCIM v2 Enterprise)" } }], button: "Save" } },
    { id: "credentials", fields: pair("SCIM Base URL", "SCIM Bearer Token"), sketch: { title: "API Connection", rail: { items: ["Info", "Configuration", "Parameters", "Rules", "Provisioning"], at: "Configuration" }, fields: [{ label: "SCIM Base URL", value: "baseUrl" }, { label: "SCIM Bearer Token", value: { fixed: "••••••••••" } }], button: "Enable" } },
    { id: "enable", sketch: { title: "Workflow", rail: { items: ["Info", "Configuration", "Parameters", "Rules", "Provisioning"], at: "Provisioning" }, switches: [{ label: "Enable provisioning", on: true }, { label: "Create user", on: false }, { label: "Delete user", on: false }], button: "Save" } },
    { id: "groups", sketch: { title: "Groups", rail: { items: ["Info", "Configuration", "Parameters", "Rules", "Provisioning"], at: "Parameters" }, switches: [{ label: "Include in User Provisioning", on: true }], button: "Save" } },
    { id: "rules", sketch: { title: "New mapping", rail: { items: ["Info", "Configuration", "Parameters", "Rules", "Provisioning"], at: "Rules" }, fields: [{ label: "Actions", value: { fixed: "Set Groups in Roster" } }], button: "Add Rule" } },
    { id: "approve", sketch: { title: "Users", rail: { items: ["Users", "Applications", "Activity"], at: "Users" }, rows: ["Jane Doe · Pending"], button: "Approve" } },
  ],
  jumpcloud: [
    { id: "app", sketch: { title: "SSO Applications", rail: { items: ["Home", "Users", "User Groups", "SSO Applications"], at: "SSO Applications" }, switches: [{ label: "Export users to this app (Identity Management)", on: true }], button: "Add New Application" } },
    { id: "credentials", fields: [...pair("Base URL", "Token Key"), { label: "API Type", value: { fixed: "SCIM API" } }, { label: "SCIM Version", value: { fixed: "SCIM 2.0" } }], sketch: { title: "Configuration settings", tabs: { items: ["General Info", "SSO", "Identity Management", "User Groups"], at: "Identity Management" }, fields: [{ label: "Base URL", value: "baseUrl" }, { label: "Token Key", value: { fixed: "••••••••••" } }, { label: "Test User Email" }], button: "Test Connection" } },
    { id: "activate", sketch: { title: "Configuration settings", tabs: { items: ["General Info", "SSO", "Identity Management", "User Groups"], at: "Identity Management" }, switches: [{ label: "Enable management of User Groups", on: true }], button: "Activate" } },
    { id: "assign", sketch: { title: "User Groups", tabs: { items: ["General Info", "SSO", "Identity Management", "User Groups"], at: "User Groups" }, switches: [{ label: "All Staff", on: true }, { label: "Contractors", on: false }], button: "Save" } },
  ],
  pingone: [
    { id: "connection", sketch: { title: "Provisioning", rail: { items: ["Overview", "Directory", "Integrations", "Provisioning"], at: "Provisioning" }, rows: ["Identity Store · SCIM Outbound"], button: "New Connection" } },
    { id: "credentials", fields: [{ label: "SCIM BASE URL", value: "baseUrl" }, { label: "Authentication Method", value: { fixed: "OAuth 2 Bearer Token" } }, { label: "Oauth Access Token", value: "token" }], sketch: { title: "Configure authentication", fields: [{ label: "SCIM BASE URL", value: "baseUrl" }, { label: "Authentication Method", value: { fixed: "OAuth 2 Bearer Token" } }, { label: "Oauth Access Token", value: { fixed: "••••••••••" } }], button: "Test Connection" } },
    { id: "preferences", sketch: { title: "Configure preferences", switches: [{ label: "Allow users to be created", on: true }, { label: "Allow users to be updated", on: true }, { label: "Allow users to be disabled", on: true }], button: "Save" } },
    { id: "rule", sketch: { title: "New Rule", rail: { items: ["Overview", "Directory", "Integrations", "Provisioning"], at: "Provisioning" }, fields: [{ label: "Source", value: { fixed: "PingOne" } }, { label: "Target", value: "name" }], button: "Create Rule" } },
    { id: "on", sketch: { title: "Provisioning", switches: [{ label: "Connection", on: true }, { label: "Rule", on: true }], button: "Save" } },
  ],
  pingfederate: [
    { id: "addon" },
    { id: "target", fields: [{ label: "SCIM URL", value: "baseUrl" }, { label: "SCIM Version", value: { fixed: "2.0" } }, { label: "Authentication Method", value: { fixed: "OAuth 2 Bearer Token" } }, { label: "Access Token", value: "token" }, { label: "Unique User Identifier", value: { fixed: "userName" } }], sketch: { title: "Target", tabs: { items: ["Target", "Manage Channels", "Summary"], at: "Target" }, fields: [{ label: "SCIM URL", value: "baseUrl" }, { label: "SCIM Version", value: { fixed: "2.0" } }, { label: "Access Token", value: { fixed: "••••••••••" } }], button: "Next" } },
    { id: "channel", sketch: { title: "Manage Channels", tabs: { items: ["Target", "Manage Channels", "Summary"], at: "Manage Channels" }, rows: ["Source: LDAP"], button: "Create" } },
    { id: "know" },
    { id: "activate", sketch: { title: "Activation & Summary", switches: [{ label: "Channel Status: Active", on: true }], button: "Save" } },
  ],
  rippling: [
    { id: "app", sketch: { title: "Create New App", rail: { items: ["Apps", "Custom App", "Devices"], at: "Custom App" }, switches: [{ label: "User Management via SCIM", on: true }], button: "Continue" } },
    { id: "credentials", fields: [{ label: "SCIM version", value: { fixed: "2.0" } }, { label: "SCIM Base URL", value: "baseUrl" }, { label: "Authentication", value: { fixed: "Bearer token" } }, { label: "Bearer token", value: "token" }], sketch: { title: "User Management via SCIM", fields: [{ label: "SCIM version", value: { fixed: "2.0" } }, { label: "SCIM Base URL", value: "baseUrl" }, { label: "Authentication", value: { fixed: "Bearer token" } }], button: "Continue" } },
    { id: "rules" },
  ],
  cyberark: [
    { id: "app", sketch: { title: "Web Apps", rail: { items: ["Core Services", "Apps & Widgets", "Web Apps", "Settings"], at: "Web Apps" }, button: "Add Web Apps" } },
    { id: "credentials", fields: [{ label: "SCIM Service URL", value: "baseUrl" }, { label: "Authorization Type", value: { fixed: "Authorization Header" } }, { label: "Header Type", value: { fixed: "Bearer Token" } }, { label: "Bearer Token", value: "token" }], sketch: { title: "Provisioning", rail: { items: ["Settings", "Trust", "Permissions", "Provisioning"], at: "Provisioning" }, switches: [{ label: "Enable provisioning for this application", on: true }], fields: [{ label: "SCIM Service URL", value: "baseUrl" }], button: "Verify" } },
    { id: "roles", sketch: { title: "Role Mappings", rail: { items: ["Settings", "Trust", "Permissions", "Provisioning"], at: "Provisioning" }, rows: ["Role → Destination group"], button: "Add" } },
    { id: "sync" },
  ],
  generic: [
    { id: "credentials", fields: [...pair("SCIM base URL", "Bearer token"), { label: "Authorization", value: "header" }] },
    { id: "attributes" },
    { id: "lookups" },
    { id: "curl", fields: [{ label: "curl", value: { fixed: "curl" } }] },
    { id: "assign" },
  ],
} satisfies Record<string, Step[]>;

/** guideOf is the guide of a provider on a road; whoever has none of its own gets the general one. */
export function guideOf(provider: Provider, road: string): GuideName {
  const names: string[] = [`${provider}_${road}`, provider, "generic"];
  return names.find((name): name is GuideName => name in guides) ?? "generic";
}

export interface Values {
  name: string;
  baseUrl: string;
  token: string | null;
  entraUrl?: string;
}

/** valueOf is what a field gets; null: a token that is no longer shown. */
export function valueOf(value: Value, v: Values): string | null {
  if (typeof value === "object") return value.fixed === "curl" ? curlOf(v) : value.fixed;
  switch (value) {
    case "baseUrl":
      return v.baseUrl;
    case "entraUrl":
      return v.entraUrl ?? v.baseUrl;
    case "name":
      return v.name;
    case "token":
      return v.token;
    case "header":
      return v.token === null ? null : `Bearer ${v.token}`;
  }
}

/** curlOf tries a connection from a command line. */
function curlOf(v: Values): string {
  const token = v.token ?? "$TOKEN";
  return `curl -H "Authorization: Bearer ${token}" "${v.baseUrl}/Users?filter=userName%20eq%20%22nobody%22"`;
}
