import { Button, Group, Text } from "@mantine/core";
import { IconDownload, IconReportSearch } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { type List, useList } from "../../api/list";
import { useFilters } from "../../app/filters";
import { type Column, DataList } from "../../ui/DataList";
import { Empty } from "../../ui/State";
import { exportOf, momentOf } from "../activity/filters";
import { LogTime } from "../activity/LogTime";
import css from "./access.module.css";
import { Actor } from "./Actor";
import { AuditFilterBar, noAuditFilters } from "./AuditFilterBar";
import { AuditWhat } from "./AuditWhat";
import { Verify } from "./Verify";

type Entry = Schemas["AuditEntry"];

/** Whose log: a tenant's, or that of the installation. */
export type AuditSource = { tenant: string } | "installation";

interface Props {
  source: AuditSource;
  /** Makes addresses of the tenant's pages, where things have pages of their own. */
  path?: (...segments: string[]) => string;
}

/** An audit log: sentences, filters in the address, export and verification. */
export function AuditList({ source, path }: Props) {
  const { t } = useTranslation("access");
  const [filters, set, filtered] = useFilters(noAuditFilters);
  const query = useMemo(() => {
    const now = new Date();
    const { action, actor, target, since, until } = filters;
    const all = { action, actor, target, since: momentOf(since, now), until: momentOf(until, now) };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value));
  }, [filters]);
  const list = useEntries(source, query);
  const base = source === "installation" ? "/api/v1/audit" : `/api/v1/tenants/${source.tenant}/audit`;
  return (
    <>
      <Group justify="space-between" align="flex-start" mb="md" gap="sm">
        <Text c="dimmed" flex="1 1 18rem">
          {t("audit.text")}
        </Text>
        <Button component="a" href={exportOf(`${base}/export`, query)} download="audit.ndjson" variant="default" leftSection={<IconDownload size={16} />} title={t("audit.export_hint")}>
          {t("audit.export")}
        </Button>
      </Group>
      <Verify source={source} />
      <AuditFilterBar filters={filters} set={set} filtered={filtered} installation={source === "installation"} />
      <div className={css.log}>
        <DataList
          label={t("audit.label")}
          columns={useColumns(path, set)}
          list={list}
          rowKey={(e) => String(e.number)}
          filtered={filtered}
          empty={<Empty title={t("audit.empty")} text={t("audit.empty_text")} icon={<IconReportSearch size={26} />} />}
        />
      </div>
    </>
  );
}

function useEntries(source: AuditSource, query: object): List<Entry> {
  const installation = source === "installation";
  const tenant = installation ? "" : source.tenant;
  const one = useList("/api/v1/tenants/{tenant}/audit", { params: { path: { tenant }, query } }, { enabled: !installation });
  const all = useList("/api/v1/audit", { params: { query } }, { enabled: installation });
  return installation ? all : one;
}

function useColumns(path: Props["path"], set: (change: { actor?: string; target?: string }) => void): Column<Entry>[] {
  const { t } = useTranslation("access");
  return [
    { key: "at", header: t("audit.at"), width: "8rem", cell: (e) => <LogTime at={e.at} /> },
    {
      key: "what",
      header: t("audit.what"),
      width: "minmax(14rem, 3fr)",
      cell: (e) => <AuditWhat entry={e} path={path} narrow={set} />,
    },
    { key: "who", header: t("audit.who"), width: "minmax(9rem, 1.2fr)", cell: (e) => <Actor entry={e} path={path} /> },
  ];
}
