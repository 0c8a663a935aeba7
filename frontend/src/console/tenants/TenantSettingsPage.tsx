import { Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { useCan } from "../../app/session";
import { useTenant } from "../../app/tenant";
import { CopyField } from "../../ui/Copy";
import { Facts, PageHeader, Section } from "../../ui/Page";
import { Loaded } from "../../ui/State";
import { Time } from "../../ui/Time";
import { EntryPoints } from "./EntryPoints";
import { TenantDanger } from "./TenantDanger";
import { TenantForm } from "./TenantForm";
import { TenantStatus } from "./TenantStatus";

/** What the vendor settles about a customer: name, what it may use, its places in the app, its end. */
export function TenantSettingsPage() {
  const { t } = useTranslation("console");
  const can = useCan();
  const { id, name } = useTenant();
  const query = api.useQuery("get", "/api/v1/tenants/{tenant}", { params: { path: { tenant: id } } });
  return (
    <>
      <PageHeader title={t("tenant.title", { name })} text={t("tenant.text")} />
      <Loaded query={query}>
        {(tenant) => (
          <Stack gap="lg">
            <Section>
              <Facts
                items={[
                  [t("tenants.status"), <TenantStatus key="s" status={tenant.status} />],
                  [t("tenants.created"), <Time key="c" at={tenant.created_at} exact />],
                ]}
              />
              <Stack mt="md">
                <CopyField label={t("tenant.id")} value={tenant.id} hint={t("tenant.id_hint")} />
              </Stack>
            </Section>
            {tenant.status !== "deleted" && <TenantForm key={JSON.stringify(tenant)} tenant={tenant} readOnly={!can("tenants:manage")} />}
            {tenant.status !== "deleted" && can("directory:read") && <EntryPoints />}
            {can("tenants:manage") && <TenantDanger tenant={tenant} />}
          </Stack>
        )}
      </Loaded>
    </>
  );
}
