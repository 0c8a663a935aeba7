import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { type Permission, useCan } from "../../app/session";
import { useTenant, useTenantPath } from "../../app/tenant";
import { PageHeader } from "../../ui/Page";
import { TabLinks } from "../../ui/TabLinks";
import { AuditList } from "./AuditList";
import { LinksTab } from "./LinksTab";
import { Locked } from "./Locked";
import { LooksTab } from "./LooksTab";
import { SessionsTab } from "./SessionsTab";

const tabs = ["people", "invitations", "audit", "support"] as const;
type Tab = (typeof tabs)[number];
const needs: Record<Tab, Permission> = { people: "links:manage", invitations: "links:manage", audit: "audit:read", support: "audit:read" };

/** Who may use the portal, and who did what. */
export function AccessPage() {
  const { t } = useTranslation("access");
  const path = useTenantPath();
  const can = useCan();
  const { tab: asked } = useParams({ strict: false });
  // Without a tab in the address, the first that the viewer may see.
  const tab = tabs.find((name) => name === asked) ?? tabs.find((name) => can(needs[name])) ?? "people";
  return (
    <>
      <PageHeader title={asked ? `${t(`tabs.${tab}`)} · ${t("title")}` : t("title")} heading={t("title")} text={t("text")} />
      <TabLinks label={t("tabs.label")} tabs={tabs.map((name) => ({ to: name === tab && !asked ? path("access") : path("access", name), label: t(`tabs.${name}`) }))} />
      {can(needs[tab]) ? <Shown tab={tab} /> : <Locked permission={needs[tab]} />}
    </>
  );
}

function Shown({ tab }: { tab: Tab }) {
  const { id } = useTenant();
  const path = useTenantPath();
  if (tab === "people") return <SessionsTab />;
  if (tab === "invitations") return <LinksTab />;
  if (tab === "support") return <LooksTab />;
  return <AuditList source={{ tenant: id }} path={path} />;
}
