import type { Schemas } from "../../api/client";

/** A tenant's settings as a form has them; an empty number is no limit. */
export interface Values {
  name: string;
  external_id: string;
  scim: boolean;
  groups: boolean;
  connections: number | "";
  seats: number | "";
  rule: Schemas["Adoption"]["rule"];
  domains: string[];
  bodies: Schemas["RequestLogSettings"]["bodies"];
  retention_days: number;
  branding: Schemas["BrandingChoice"];
}

export const noBranding: Schemas["BrandingChoice"] = { product_name: null, logo: null, accent: null };

export function valuesOf(tenant: Schemas["Tenant"]): Values {
  const { entitlements: e, adoption, request_log } = tenant;
  return {
    name: tenant.name,
    external_id: tenant.external_id ?? "",
    scim: e.scim,
    groups: e.groups,
    connections: e.connections ?? "",
    seats: e.seats ?? "",
    rule: adoption.rule,
    domains: adoption.verified_domains,
    bodies: request_log.bodies,
    retention_days: request_log.retention_days,
    branding: tenant.branding ?? noBranding,
  };
}

export function changeOf(v: Values): Schemas["TenantChange"] {
  return {
    name: v.name.trim(),
    external_id: v.external_id.trim(),
    entitlements: { scim: v.scim, groups: v.groups, connections: limit(v.connections), seats: limit(v.seats) },
    adoption: { rule: v.rule, verified_domains: v.domains },
    request_log: { bodies: v.bodies, retention_days: v.retention_days },
    branding: v.branding,
  };
}

const limit = (n: number | "") => (n === "" ? null : n);
