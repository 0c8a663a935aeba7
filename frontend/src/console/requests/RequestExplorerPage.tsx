import { IconListSearch } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { useFilters } from "../../app/filters";
import { GoButton, TenantProvider } from "../../app/tenant";
import { Requests } from "../../portal/activity/RequestsPage";
import { Retention } from "../../portal/activity/Retention";
import { PageHeader } from "../../ui/Page";
import { Empty, Loaded } from "../../ui/State";
import { FoundRequest } from "./FoundRequest";
import { TenantSelect } from "./TenantSelect";

/** What any tenant's identity providers sent: a tenant, then its requests as its own people see them. */
export function RequestExplorerPage() {
  const { t } = useTranslation("activity");
  const [{ tenant }, set] = useFilters({ tenant: "" });
  return (
    <>
      <PageHeader title={t("explorer.title")} text={t("explorer.text")} />
      <TenantSelect value={tenant} set={(id) => set({ tenant: id })} />
      {tenant ? <OfTenant key={tenant} id={tenant} /> : <Empty title={t("explorer.empty")} text={t("explorer.empty_text")} icon={<IconListSearch size={26} />} />}
    </>
  );
}

function OfTenant({ id }: { id: string }) {
  const query = api.useQuery("get", "/api/v1/tenants/{tenant}", { params: { path: { tenant: id } } });
  return <Loaded query={query}>{(tenant) => <Shown tenant={tenant} />}</Loaded>;
}

function Shown({ tenant }: { tenant: Schemas["Tenant"] }) {
  const { t } = useTranslation("activity");
  const base = `/console/tenants/${tenant.id}`;
  return (
    <TenantProvider id={tenant.id} name={tenant.name} base={base}>
      <Requests
        header={(exporting) => (
          <>
            <div style={{ display: "flex", flexWrap: "wrap", gap: "0.75rem", alignItems: "center", marginBottom: "1rem" }}>
              <div style={{ flex: "1 1 12rem", color: "var(--mantine-color-dimmed)" }}>
                <Retention />
              </div>
              <GoButton to={base} variant="default">
                {t("explorer.open", { tenant: tenant.name })}
              </GoButton>
              {exporting}
            </div>
            <FoundRequest />
          </>
        )}
      />
    </TenantProvider>
  );
}
