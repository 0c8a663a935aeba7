import { Group, Text } from "@mantine/core";
import { IconListSearch } from "@tabler/icons-react";
import { useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useFilters } from "../../app/filters";
import { GoButton, useTenantPath } from "../../app/tenant";
import { PageHeader } from "../../ui/Page";
import { Empty } from "../../ui/State";
import { ExportButton } from "./ExportButton";
import { noFilters, queryOf } from "./filters";
import { RequestFilterBar } from "./RequestFilterBar";
import { RequestList } from "./RequestList";
import { Retention } from "./Retention";
import { useConnections } from "./useConnections";

/** What identity providers sent: of the whole tenant, or below a connection of that one. */
export function RequestsPage() {
  const { t } = useTranslation("activity");
  const { connection = "" } = useParams({ strict: false });
  const header = (
    <>
      {t("requests.text")} <Retention />
    </>
  );
  return (
    <Requests
      connection={connection}
      header={(exporting) =>
        connection ? (
          <Group justify="space-between" align="flex-start" mb="md">
            <Text c="dimmed" flex="1 1 16rem">
              {header}
            </Text>
            {exporting}
          </Group>
        ) : (
          <PageHeader title={t("requests.title")} text={header} actions={exporting} />
        )
      }
    />
  );
}

/** The list with its filters; the explorer shows the same. */
export function Requests({ connection = "", header }: { connection?: string; header: (exporting: React.ReactNode) => React.ReactNode }) {
  const { t } = useTranslation("activity");
  const path = useTenantPath();
  const [filters, set, filtered] = useFilters(noFilters);
  const query = useMemo(() => {
    const asked = queryOf(filters, new Date());
    return connection ? { ...asked, connection } : asked;
  }, [filters, connection]);
  const several = useConnections().length > 1 && !query.connection;
  return (
    <>
      {header(<ExportButton connection={query.connection ?? ""} query={query} />)}
      <RequestFilterBar filters={filters} set={set} filtered={filtered} connection={connection !== ""} />
      <RequestList
        query={query}
        filters={filters}
        filtered={filtered}
        several={several}
        empty={
          <Empty
            title={t("requests.empty.title")}
            text={t("requests.empty.text")}
            icon={<IconListSearch size={26} />}
            action={!connection && <GoButton to={path("connections")}>{t("requests.empty.action")}</GoButton>}
          />
        }
      />
    </>
  );
}
