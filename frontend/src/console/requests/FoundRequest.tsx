import { Alert } from "@mantine/core";
import { IconListSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { client, type Schemas } from "../../api/client";
import { useFilters } from "../../app/filters";
import { Go, useTenant, useTenantPath } from "../../app/tenant";
import { isLogId, noFilters } from "../../portal/activity/filters";
import { useConnections } from "../../portal/activity/useConnections";

/** The id that a request has in the log, as addresses have it, leads to it; lists cannot be searched for it. */
export function FoundRequest() {
  const { t } = useTranslation("activity");
  const { id: tenant, name } = useTenant();
  const path = useTenantPath();
  const connections = useConnections();
  const [{ q }] = useFilters(noFilters);
  const id = q.trim();
  const { data, isPending } = useQuery({
    queryKey: ["find-request", tenant, id, connections.map((c) => c.id)],
    enabled: isLogId(id) && connections.length > 0,
    queryFn: ({ signal }) => find(tenant, id, connections.map((c) => c.id), signal),
  });
  if (!isLogId(id) || isPending) return null;
  return (
    <Alert role="status" mb="md" color={data ? "blue" : "gray"} variant="light" icon={<IconListSearch size={18} />}>
      {data ? <Go to={path("activity", "requests", data.connection.id, data.id)}>{data.sentence}</Go> : t("explorer.unknown", { tenant: name })}
    </Alert>
  );
}

async function find(tenant: string, request: string, connections: string[], signal: AbortSignal): Promise<Schemas["LoggedRequestDetail"] | null> {
  for (const connection of connections) {
    try {
      const { data } = await client.GET("/api/v1/tenants/{tenant}/connections/{connection}/requests/{request}", { params: { path: { tenant, connection, request } }, signal });
      if (data) return data;
    } catch (error) {
      if (signal.aborted) throw error;
      // It is another connection's.
    }
  }
  return null;
}
