import type { Schemas } from "../../api/client";
import { useList } from "../../api/list";
import { useTenant } from "../../app/tenant";

/** The tenant's connections, to choose from. */
export function useConnections(): Pick<Schemas["Connection"], "id" | "name" | "provider">[] {
  const { id } = useTenant();
  return useList("/api/v1/tenants/{tenant}/connections", { params: { path: { tenant: id }, query: { limit: 200 } } }).items;
}
