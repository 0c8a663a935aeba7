import { Alert, Text } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { useList } from "../../api/list";
import { useCan } from "../../app/session";
import { Go, useTenant, useTenantPath } from "../../app/tenant";
import { type Column, DataList } from "../../ui/DataList";
import css from "./activity.module.css";
import { type RequestFilters, type RequestQuery, resourceQueryOf, searchOf } from "./filters";
import { duration, shortId } from "./format";
import { LogTime } from "./LogTime";
import { LivePill } from "./LivePill";
import { OutcomeTag } from "./OutcomeTag";
import { useLive } from "./useLive";

type Request = Schemas["LoggedRequest"];

interface Props {
  query: RequestQuery;
  /** What a request's page needs to step through the same list. */
  filters: Partial<RequestFilters>;
  filtered: boolean;
  empty?: ReactNode;
  /** Whether requests are of several connections. */
  several: boolean;
}

/** Requests of identity providers, the newest first, live while somebody looks at its top. */
export function RequestList({ query, filters, filtered, empty, several }: Props) {
  const { t } = useTranslation("activity");
  const { id: tenant } = useTenant();
  const init = useMemo(() => ({ params: { path: { tenant }, query } }), [tenant, query]);
  const live = useLive("/api/v1/tenants/{tenant}/requests", init, (r) => r.id);
  const { list, byResource } = useFound(tenant, query, live.list);
  const columns = useColumns(filters, several);
  return (
    <>
      {byResource && (
        <Alert color="blue" variant="light" icon={<IconInfoCircle size={18} />} mb="md" py="xs">
          {t("requests.by_resource")}
        </Alert>
      )}
      {!byResource && <LivePill waiting={live.waiting} show={live.show} />}
      <div className={css.log} {...live.still}>
        <DataList label={t("requests.label")} columns={columns} list={list} rowKey={(r) => r.id} filtered={filtered} empty={empty} />
      </div>
    </>
  );
}

/** A number that is no request's may be a person's or group's. */
function useFound(tenant: string, query: RequestQuery, list: ReturnType<typeof useLive<"/api/v1/tenants/{tenant}/requests">>["list"]) {
  const missed = query.request_id !== undefined && !list.isPending && !list.error && list.items.length === 0;
  const init = { params: { path: { tenant }, query: resourceQueryOf(query) } };
  const other = useList("/api/v1/tenants/{tenant}/requests", init, { enabled: missed && /^[0-9a-f-]{36}$/.test(query.request_id ?? "") });
  const byResource = missed && other.items.length > 0;
  return { list: byResource ? other : list, byResource };
}

function useColumns(filters: Partial<RequestFilters>, several: boolean): Column<Request>[] {
  const { t, i18n } = useTranslation("activity");
  const path = useTenantPath();
  const columns: Column<Request>[] = [
    { key: "at", header: t("requests.at"), width: "6rem", cell: (r) => <LogTime at={r.at} /> },
    {
      key: "what",
      header: t("requests.what"),
      width: "minmax(9rem, 3fr)",
      cell: (r) => (
        <>
          <Go data-row to={path("activity", "requests", r.connection.id, r.id)} search={searchOf({ ...filters, connection: "" })} c="var(--mantine-color-text)" fw={500}>
            {r.sentence}
          </Go>
          <div className={`${css.method} ${css.oneLine}`} title={`${r.method} ${r.path}`}>
            {r.method} {r.path}
          </div>
        </>
      ),
    },
    { key: "outcome", header: t("requests.outcome"), width: "minmax(6.5rem, 9.5rem)", cell: (r) => <OutcomeTag outcome={r.outcome} status={r.status} /> },
    { key: "who", header: t("requests.who"), width: "minmax(5rem, 1.3fr)", cell: (r) => <Subject subject={r.subject} /> },
  ];
  if (several) columns.push({ key: "via", header: t("requests.via"), width: "minmax(4rem, 0.7fr)", cell: (r) => r.connection.name });
  columns.push({ key: "duration", header: t("requests.duration"), width: "4rem", align: "end", cell: (r) => duration(r.duration_ms, i18n.language) });
  return columns;
}

/** Whom or what a request was about, with the way there. */
export function Subject({ subject }: { subject: Request["subject"] }) {
  const path = useTenantPath();
  const can = useCan();
  if (!subject) return <Text span c="dimmed">–</Text>;
  const name = subject.name ?? (subject.id ? shortId(subject.id) : "–");
  const page = { User: "people", Group: "groups" }[subject.type];
  if (!subject.id || !page || !can("directory:read")) return <Text span inherit>{name}</Text>;
  return <Go to={path(page, subject.id)}>{name}</Go>;
}
