import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { client, type Schemas } from "../../api/client";
import { useTenant } from "../../app/tenant";
import { type Holding, sorted } from "./mapping";

const path = "/api/v1/tenants/{tenant}/groups/{group}/role-mappings/preview";

/** usePreview asks what saving mappings would do. */
export function usePreview(group: string, targets: Holding[], enabled: boolean) {
  const { id: tenant } = useTenant();
  const mappings = sorted(targets);
  return useQuery({
    queryKey: ["preview", path, tenant, group, mappings],
    enabled,
    staleTime: 10_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const { data } = await client.POST(path, { params: { path: { tenant, group } }, body: { mappings }, signal });
      return data as Schemas["RoleMappingPreview"];
    },
  });
}
