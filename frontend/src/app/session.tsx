import { createContext, type ReactNode, useContext } from "react";

import { api, type Schemas } from "../api/client";

export type Session = Schemas["Session"];
export type Permission = Schemas["Permission"];

const Current = createContext<Session | null>(null);

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  return <Current.Provider value={session}>{children}</Current.Provider>;
}

/** useSession is who looks at the page. */
export function useSession(): Session {
  const session = useContext(Current);
  if (!session) throw new Error("useSession: outside of a session");
  return session;
}

/**
 * useCan tells whether the viewer may do something, so that a page shows no
 * button that would be refused. What counts is the server's decision.
 */
export function useCan(): (permission: Permission) => boolean {
  const { permissions } = useSession();
  return (permission) => permissions.includes(permission);
}

/** useSessionQuery asks who is signed in. A 401 is an answer like any other. */
export const useSessionQuery = () =>
  api.useQuery("get", "/api/v1/session", {}, { retry: (count, error) => errorIsPassing(error) && count < 2, staleTime: 60_000 });

function errorIsPassing(error: unknown): boolean {
  return typeof error === "object" && error !== null && "passing" in error && error.passing === true;
}
