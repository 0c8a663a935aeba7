import { Group } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { errorOf } from "../../api/error";
import { useCan } from "../../app/session";
import { Go, useTenant, useTenantPath } from "../../app/tenant";
import { PageHeader, PageSkeleton } from "../../ui/Page";
import { Failed } from "../../ui/State";
import { TabLinks } from "../../ui/TabLinks";
import { ActiveTag } from "./ActiveTag";
import { GonePerson } from "./GonePerson";
import { HistoryTab } from "./HistoryTab";
import { nameOf } from "./name";
import { NowTab } from "./NowTab";
import { PersonActions } from "./PersonActions";
import { RawTab } from "./RawTab";
import { WhyTab } from "./WhyTab";

/** One person: what is known of them now, why they may do what they may, what happened, and what is stored. */
export function PersonPage() {
  const { user: id = "", tab = "now" } = useParams({ strict: false }) as { user?: string; tab?: string };
  const { id: tenant } = useTenant();
  const can = useCan();
  const query = api.useQuery("get", "/api/v1/tenants/{tenant}/users/{user}", { params: { path: { tenant, user: id } } });
  if (query.isPending) return <PageSkeleton />;
  if (query.error && !query.data) {
    if (errorOf(query.error).status === 404 && can("audit:read")) return <GonePerson id={id} />;
    return <Failed error={query.error} retry={() => void query.refetch()} />;
  }
  return <Person key={id} user={query.data} tab={tab} />;
}

function Person({ user, tab }: { user: Schemas["User"]; tab: string }) {
  const can = useCan();
  const name = nameOf(user);
  return (
    <>
      <PageHeader title={name} text={<Under user={user} name={name} />} actions={!user.managed && can("directory:write") && <PersonActions user={user} />} />
      <Tabs user={user.id} />
      {tab === "why" ? <WhyTab user={user} /> : tab === "history" ? <HistoryTab user={user.id} /> : tab === "raw" ? <RawTab user={user} /> : <NowTab user={user} />}
    </>
  );
}

/** Who manages somebody, and so where they are changed. */
function Under({ user, name }: { user: Schemas["User"]; name: string }) {
  const { t } = useTranslation("people");
  const path = useTenantPath();
  return (
    <>
      {user.user_name !== name && <div style={{ overflowWrap: "anywhere" }}>{user.user_name}</div>}
      <Group gap="xs" mt={8}>
        <ActiveTag active={user.active} />
        {user.connection ? (
          <span>
            {t("person.managed_by")} <Go to={path("connections", user.connection.id)} underline="always">{user.connection.name}</Go>. {t("person.managed_where")}
          </span>
        ) : (
          <span>{t("person.manual")}</span>
        )}
      </Group>
    </>
  );
}

function Tabs({ user }: { user: string }) {
  const { t } = useTranslation("people");
  const path = useTenantPath();
  const can = useCan();
  const tabs = [
    { to: path("people", user), label: t("tab.now") },
    { to: path("people", user, "why"), label: t("tab.why") },
    ...(can("audit:read") ? [{ to: path("people", user, "history"), label: t("tab.history") }] : []),
    { to: path("people", user, "raw"), label: t("tab.raw") },
  ];
  return <TabLinks label={t("tab.label")} tabs={tabs} />;
}
