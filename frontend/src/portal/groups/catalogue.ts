import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { client, type Schemas } from "../../api/client";
import { useTenant } from "../../app/tenant";

type Role = Schemas["TenantRole"];
type EntryPoint = Schemas["EntryPoint"];

/** The whole organisation, as the API has it. */
export const everywhere = "*";

/** How many pages of a list are read whole at most: it is there to choose from. */
const mostPages = 10;

interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** allOf reads a list that is short by its nature. */
export async function allOf<T>(read: (cursor?: string) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let i = 0; i < mostPages; i++) {
    const page = await read(cursor);
    items.push(...page.items);
    if (!page.next_cursor) break;
    cursor = page.next_cursor;
  }
  return items;
}

async function must<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}

/** useRoles are the roles of the vendor's app as this tenant can use them, the highest rank first. */
export function useRoles(): Role[] | undefined {
  const { id: tenant } = useTenant();
  const path = "/api/v1/tenants/{tenant}/roles";
  return useQuery({
    queryKey: ["all", path, tenant],
    staleTime: 60_000,
    queryFn: ({ signal }) => allOf<Role>((cursor) => must(client.GET(path, { params: { path: { tenant }, query: { limit: 200, cursor } }, signal }))),
  }).data;
}

/** useEntryPoints are the places in the vendor's app where a role can be held. */
export function useEntryPoints(): EntryPoint[] | undefined {
  const { id: tenant } = useTenant();
  const path = "/api/v1/tenants/{tenant}/entry-points";
  return useQuery({
    queryKey: ["all", path, tenant],
    staleTime: 60_000,
    queryFn: ({ signal }) => allOf<EntryPoint>((cursor) => must(client.GET(path, { params: { path: { tenant }, query: { limit: 200, cursor } }, signal }))),
  }).data;
}

/** useAllMappings are the tenant's role mappings; of very many, the first. */
export function useAllMappings() {
  const { id: tenant } = useTenant();
  const path = "/api/v1/tenants/{tenant}/role-mappings";
  return useQuery({
    queryKey: ["all", path, tenant],
    queryFn: ({ signal }) =>
      allOf<Schemas["RoleMapping"]>((cursor) => must(client.GET(path, { params: { path: { tenant }, query: { limit: 200, cursor } }, signal }))),
  });
}

/** What people call roles and entry points. */
export interface Names {
  role: (key: string) => string;
  rank: (key: string) => number | undefined;
  place: (key: string) => string;
  /** "Editor", or "Editor in Freight planner". */
  at: (holding: { role: string; entry_point: string }) => string;
}

/** useNames knows the names; of what is not in the catalogue any more, the key. */
export function useNames(): Names {
  const { t } = useTranslation("groups");
  const roles = useRoles();
  const places = useEntryPoints();
  return useMemo(() => {
    const roleOf = new Map(roles?.map((r) => [r.key, r]));
    const placeOf = new Map(places?.map((p) => [p.key, p.name]));
    const role = (key: string) => roleOf.get(key)?.name ?? key;
    const place = (key: string) => (key === everywhere ? t("everywhere") : (placeOf.get(key) ?? key));
    return {
      role,
      place,
      rank: (key) => roleOf.get(key)?.rank,
      at: (h) => (h.entry_point === everywhere ? role(h.role) : t("role_at", { role: role(h.role), place: place(h.entry_point) })),
    };
  }, [roles, places, t]);
}
