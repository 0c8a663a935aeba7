import { Alert, Stack } from "@mantine/core";
import { IconGhost2 } from "@tabler/icons-react";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { errorOf } from "../../api/error";
import { Go, useTenant, useTenantPath } from "../../app/tenant";
import { PageHeader, PageSkeleton } from "../../ui/Page";
import { Failed } from "../../ui/State";
import { Tag } from "../../ui/Status";
import { Time } from "../../ui/Time";
import { Members } from "./Members";
import { RoleMapping } from "./RoleMapping";

const mappingsPath = "/api/v1/tenants/{tenant}/groups/{group}/role-mappings";

/** A group: the roles that it gives, who changed that, and who is in it. */
export function GroupPage() {
  const { group: id = "" } = useParams({ strict: false }) as { group?: string };
  const { id: tenant } = useTenant();
  const group = api.useQuery("get", "/api/v1/tenants/{tenant}/groups/{group}", { params: { path: { tenant, group: id } } });
  const mappings = api.useQuery("get", mappingsPath, { params: { path: { tenant, group: id } } });
  const gone = group.error !== null && errorOf(group.error).status === 404 && mappings.data !== undefined;
  if (!mappings.data && mappings.error) return <Failed error={mappings.error} retry={() => void mappings.refetch()} />;
  if (!group.data && group.error && !gone && !mappings.isPending) return <Failed error={group.error} retry={() => void group.refetch()} />;
  if (!mappings.data || (!group.data && !gone)) return <PageSkeleton />;
  return (
    <>
      {group.data ? <Head group={group.data} /> : <GoneHead name={mappings.data.mappings[0]?.group.name ?? id} />}
      <Stack gap="md">
        <RoleMapping key={id} group={id} name={group.data?.display_name ?? mappings.data.mappings[0]?.group.name ?? id} saved={mappings.data} />
        {group.data && <Members group={group.data} />}
      </Stack>
    </>
  );
}

function Head({ group }: { group: Schemas["Group"] }) {
  const { t } = useTranslation("groups");
  const path = useTenantPath();
  return (
    <PageHeader
      title={group.display_name}
      text={
        <>
          {t("page.members", { count: group.members })} ·{" "}
          {group.connection ? (
            <>
              {t("page.from")} <Go to={path("connections", group.connection.id)} underline="always">{group.connection.name}</Go>
            </>
          ) : (
            t("page.no_source")
          )}{" "}
          · {t("page.changed")} <Time at={group.updated_at} />
        </>
      }
    />
  );
}

function GoneHead({ name }: { name: string }) {
  const { t } = useTranslation("groups");
  return (
    <>
      <PageHeader title={name} text={<Tag color="gray" icon={<IconGhost2 size={14} aria-hidden />} text={t("gone.tag")} />} />
      <Alert color="yellow" mb="md" icon={<IconGhost2 size={18} />} title={t("gone.page_title")}>
        {t("gone.page_text")}
      </Alert>
    </>
  );
}
