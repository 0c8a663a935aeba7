import { Group } from "@mantine/core";
import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { client, type Schemas } from "../../api/client";
import { GoButton, useTenant, useTenantPath } from "../../app/tenant";
import { type RequestFilters, queryOf, type RequestQuery, searchOf } from "./filters";
import { nextAfter } from "./neighbours";

type Request = Schemas["LoggedRequest"];
const page = 100;

/** The way to the requests before and after, of the same connection and as the list was filtered. */
export function Neighbours({ request, filters }: { request: Request; filters: RequestFilters }) {
  const { t } = useTranslation("activity");
  const { id: tenant } = useTenant();
  const path = useTenantPath();
  const narrowed = { ...queryOf({ ...filters, since: "", until: "" }, new Date()), connection: request.connection.id };
  const { data } = useQuery({
    queryKey: ["neighbours", tenant, request.id, narrowed],
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      const list = async (query: RequestQuery) => {
        const { data } = await client.GET("/api/v1/tenants/{tenant}/requests", { params: { path: { tenant }, query: { ...narrowed, ...query } }, signal });
        return { items: data?.items ?? [], more: data?.next_cursor != null };
      };
      const [older, newer] = await Promise.all([
        list({ until: request.at, limit: 1 }),
        nextAfter(request.at, request.id, (since, until) => list({ since, until, limit: page })),
      ]);
      return { older: older.items[0] ?? null, newer };
    },
  });
  const way = (to: Request | null | undefined, label: string, icon: React.ReactNode) => (
    <GoButton
      variant="default"
      size="xs"
      leftSection={icon}
      to={to ? path("activity", "requests", to.connection.id, to.id) : "."}
      search={searchOf(filters)}
      disabled={!to}
      aria-disabled={!to}
    >
      {label}
    </GoButton>
  );
  return (
    <Group gap="xs">
      {way(data?.newer, t("request.newer"), <IconChevronUp size={15} aria-hidden />)}
      {way(data?.older, t("request.older"), <IconChevronDown size={15} aria-hidden />)}
    </Group>
  );
}
