import { useEffect, useState } from "react";

import { api } from "../../api/client";
import { useCan } from "../../app/session";
import { useTenant } from "../../app/tenant";
import { shortId } from "../activity/format";

const known = { staleTime: 300_000, retry: false } as const;

/**
 * What a person or group is called now: entries about them keep their ids alone.
 * It is asked for when the row has been in view for a moment, and once for all rows.
 */
export function KnownName({ page, id }: { page: string; id: string }) {
  const { id: tenant } = useTenant();
  const can = useCan()("directory:read");
  const enabled = useStays() && can;
  // Searched for, not asked for: who is gone by now is no error.
  const query = { q: id, limit: 1 };
  const user = api.useQuery("get", "/api/v1/tenants/{tenant}/users", { params: { path: { tenant }, query } }, { ...known, enabled: enabled && page === "people" }).data?.items[0];
  const group = api.useQuery("get", "/api/v1/tenants/{tenant}/groups", { params: { path: { tenant }, query } }, { ...known, enabled: enabled && page === "groups" }).data?.items[0];
  return <>{user?.display_name || user?.user_name || group?.display_name || shortId(id)}</>;
}

/** Whether a row is still there after a moment, and was not just scrolled past. */
function useStays(): boolean {
  const [stays, stay] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => stay(true), 250);
    return () => clearTimeout(timer);
  }, []);
  return stays;
}
