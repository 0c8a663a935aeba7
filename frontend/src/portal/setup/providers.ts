import type { Schemas } from "../../api/client";

export type Provider = Schemas["Connection"]["provider"];

/** Every provider, those that most come with first, and whatever is none of them last. */
export const providers = [
  "okta",
  "entra",
  "google",
  "onelogin",
  "jumpcloud",
  "pingone",
  "pingfederate",
  "rippling",
  "cyberark",
  "salesforce",
  "aws",
  "authentik",
  "generic",
] as const satisfies readonly Provider[];

/** Addresses that people sign in at, by which they recognise their provider. */
export const signInAddresses: [Provider, string][] = [
  ["okta", "acme.okta.com, acme.oktapreview.com"],
  ["entra", "login.microsoftonline.com, myapps.microsoft.com"],
  ["google", "accounts.google.com"],
  ["onelogin", "acme.onelogin.com"],
  ["jumpcloud", "console.jumpcloud.com"],
  ["pingone", "apps.pingone.com, apps.pingone.eu"],
  ["rippling", "app.rippling.com"],
  ["cyberark", "acme.my.idaptive.app, acme.id.cyberark.cloud"],
];
