import { Group, Stack } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { useFilters } from "../../app/filters";
import { useSession } from "../../app/session";
import { Go, useTenant, useTenantPath } from "../../app/tenant";
import { PageHeader } from "../../ui/Page";
import { Loaded } from "../../ui/State";
import css from "./activity.module.css";
import { Bodies } from "./Bodies";
import { DialectSection } from "./DialectSection";
import { Effects } from "./Effects";
import { noFilters, searchOf } from "./filters";
import { Neighbours } from "./Neighbours";
import { OutcomeTag } from "./OutcomeTag";
import { RefusalBox } from "./RefusalBox";
import { RequestFacts } from "./RequestFacts";

/** One request: what it meant, what came of it, and all that is kept of it. */
export function RequestPage() {
  const { t } = useTranslation("activity");
  const { connection = "", request = "" } = useParams({ strict: false });
  const { id: tenant } = useTenant();
  const { kind: viewer } = useSession();
  const path = useTenantPath();
  const [filters] = useFilters(noFilters);
  const query = api.useQuery("get", "/api/v1/tenants/{tenant}/connections/{connection}/requests/{request}", {
    params: { path: { tenant, connection, request } },
  });
  return (
    <Loaded query={query}>
      {(data) => (
        <>
          <Group justify="space-between" mb="xs" gap="xs">
            <Go to={path("activity", "requests")} search={searchOf(filters)} size="sm">
              <Group component="span" gap={4} display="inline-flex">
                <IconArrowLeft size={15} aria-hidden /> {t("request.back")}
              </Group>
            </Go>
            <Neighbours request={data} filters={filters} />
          </Group>
          <PageHeader
            title={t("request.page")}
            heading={data.sentence}
            text={
              <span className={css.method}>
                {data.method} {data.path}
              </span>
            }
            actions={<OutcomeTag outcome={data.outcome} status={data.status} />}
          />
          <Stack gap="lg">
            <RefusalBox request={data} />
            <div className={css.pair}>
              <RequestFacts request={data} />
              <Effects request={data} />
            </div>
            <Bodies request={data} />
            {viewer === "staff" && <DialectSection request={data} />}
          </Stack>
        </>
      )}
    </Loaded>
  );
}
