import { expect, it } from "vitest";

import type { Schemas } from "../../api/client";
import { changeOf, valuesOf } from "./settings";

const tenant: Schemas["Tenant"] = {
  id: "ten01m81c6t0yehv834aq6jehj7w7",
  name: "Acme",
  external_id: null,
  status: "active",
  entitlements: { scim: true, groups: false, connections: null, seats: 50 },
  adoption: { rule: "verified_email", verified_domains: ["acme.com"] },
  request_log: { bodies: "redacted", retention_days: 30 },
  branding: { product_name: null, logo: null, accent: "#0b7285" },
  created_at: "2026-11-22T10:00:00Z",
  deleted_at: null,
  restorable_until: null,
};

it("sends back what it has read, if nothing is changed", () => {
  const { entitlements, adoption, request_log, branding } = tenant;
  expect(changeOf(valuesOf(tenant))).toEqual({ name: "Acme", external_id: "", entitlements, adoption, request_log, branding });
});

it("reads an empty number as no limit, and 0 as none at all", () => {
  const change = changeOf({ ...valuesOf(tenant), connections: 0, seats: "" });
  expect(change.entitlements).toMatchObject({ connections: 0, seats: null });
});
