import type { Schemas } from "../../api/client";

export type Provider = Schemas["Connection"]["provider"];

/** One of several ways to set a provider up. */
export interface Road {
  /** As it is in the address; its name is the text `road.<id>`. */
  id: string;
}

/** What a guide fills in. */
export interface GuideValues {
  /** Of the connection. */
  name: string;
  baseUrl: string;
  /** null: it is no longer shown. */
  token: string | null;
  /** The base URL with the flag that makes Entra ID write what the standard says. */
  entraUrl?: string;
}

const one: Road[] = [{ id: "default" }];

/** The roads of each provider; the first is the usual one. */
export const roads: Record<Provider, Road[]> = {
  okta: [{ id: "template" }, { id: "wizard" }],
  entra: [{ id: "current" }, { id: "classic" }],
  onelogin: one,
  jumpcloud: one,
  google: one,
  pingone: one,
  pingfederate: one,
  rippling: one,
  cyberark: one,
  salesforce: one,
  aws: one,
  authentik: one,
  generic: one,
};
