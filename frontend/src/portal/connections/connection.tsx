import { createContext, type ReactNode, useContext, useMemo } from "react";

import type { Schemas } from "../../api/client";
import { useCan } from "../../app/session";
import { useTenant, useTenantPath } from "../../app/tenant";

interface Shown {
  connection: Schemas["Connection"];
  health: Schemas["ConnectionHealth"];
}

const Current = createContext<Shown | null>(null);

export function ConnectionProvider({ connection, health, children }: Shown & { children: ReactNode }) {
  const shown = useMemo(() => ({ connection, health }), [connection, health]);
  return <Current.Provider value={shown}>{children}</Current.Provider>;
}

/** useConnection is the connection that the page is about. */
export function useConnection(): Shown {
  const shown = useContext(Current);
  if (!shown) throw new Error("useConnection: outside of a connection");
  return shown;
}

/** What the API's paths below a connection need. */
export function useConnectionParams(): { tenant: string; connection: string } {
  const { id: tenant } = useTenant();
  const { connection } = useConnection();
  return { tenant, connection: connection.id };
}

/** useConnectionPath makes addresses of pages below the connection. */
export function useConnectionPath(): (...segments: string[]) => string {
  const path = useTenantPath();
  const { connection } = useConnection();
  return (...segments) => path("connections", connection.id, ...segments);
}

/** Whether the viewer may change the connection: a deleted one only restored. */
export function useMayChange(): boolean {
  const can = useCan();
  const { connection } = useConnection();
  return can("provisioning:create") && connection.status !== "deleting";
}

/** What is asked for again after a connection was changed. */
export const connectionPaths = ["/api/v1/tenants/{tenant}/connections", "/api/v1/tenants/{tenant}/health"];
