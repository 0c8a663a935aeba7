import { useDocumentVisibility } from "@mantine/hooks";
import { useEffect, useReducer, useState } from "react";

import { client } from "../../../api/client";
import { receive, type Seen, unseen } from "./rows";
import { type Line, watchSetup } from "./watch";

interface Live extends Seen {
  line: Line;
  /** Why there is nothing yet. */
  error: unknown;
}

/** useSetup is the checklist of a connection as it is now. A page that nobody looks at watches nothing. */
export function useSetup(tenant: string, connection: string): Live {
  const [seen, take] = useReducer(receive, unseen);
  const [line, setLine] = useState<Line>("connecting");
  const [error, setError] = useState<unknown>(null);
  const visible = useDocumentVisibility() !== "hidden";
  useEffect(() => {
    if (!visible) return;
    return watchSetup({
      open: () => new EventSource(`/api/v1/tenants/${tenant}/connections/${connection}/setup/stream`),
      poll: async (signal) => {
        const { data } = await client.GET("/api/v1/tenants/{tenant}/connections/{connection}/setup", { params: { path: { tenant, connection } }, signal });
        if (!data) throw new Error("there is no checklist in the answer");
        return data;
      },
      onSetup: (setup) => {
        take(setup);
        setError(null);
      },
      onLine: setLine,
      onError: setError,
    });
  }, [tenant, connection, visible]);
  return { ...seen, line, error };
}
