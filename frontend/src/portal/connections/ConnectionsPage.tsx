import { Text } from "@mantine/core";
import { IconPlugConnected, IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useList } from "../../api/list";
import { useBrand } from "../../app/brand";
import { useCan } from "../../app/session";
import { Go, GoButton, useTenant, useTenantPath } from "../../app/tenant";
import { DataList } from "../../ui/DataList";
import { PageHeader } from "../../ui/Page";
import { Empty } from "../../ui/State";
import { useColumns } from "./columns";
import { useMissing } from "./words";

const path = "/api/v1/tenants/{tenant}/health" as const;

/** Every connection of the tenant, and how each is doing. */
export function ConnectionsPage() {
  const { t } = useTranslation("connections");
  const { id: tenant } = useTenant();
  const can = useCan();
  const missing = useMissing();
  const list = useList(path, { params: { path: { tenant } } }, { refetchInterval: 10_000 });
  const columns = useColumns(list.items);
  const may = can("provisioning:create");
  return (
    <>
      <PageHeader
        title={t("list.title")}
        text={may ? t("list.text") : missing("provisioning:create")}
        actions={may && list.items.length > 0 && <Connect />}
      />
      <DataList label={t("list.title")} columns={columns} list={list} rowKey={(h) => h.connection.id} empty={<Nothing may={may} />} />
    </>
  );
}

function Connect() {
  const { t } = useTranslation("connections");
  const to = useTenantPath()("connections", "new");
  return (
    <GoButton to={to} leftSection={<IconPlus size={16} />}>
      {t("list.connect")}
    </GoButton>
  );
}

function Nothing({ may }: { may: boolean }) {
  const { t } = useTranslation("connections");
  const { productName } = useBrand();
  const can = useCan();
  const path = useTenantPath();
  return (
    <Empty
      icon={<IconPlugConnected size={26} stroke={1.6} />}
      title={t("list.empty")}
      text={
        <>
          <Text inherit>{t("list.empty_text", { product: productName })}</Text>
          {can("directory:read") && (
            <Text inherit mt="xs">
              <Go to={path("people")}>{t("list.empty_people", { product: productName })}</Go>
            </Text>
          )}
        </>
      }
      action={may && <Connect />}
    />
  );
}
