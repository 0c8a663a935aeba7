import { Button, Group, Text } from "@mantine/core";
import { IconMailForward, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { useList } from "../../api/list";
import { useFilters } from "../../app/filters";
import { Go, useTenant, useTenantPath } from "../../app/tenant";
import { type Column, DataList } from "../../ui/DataList";
import { Empty } from "../../ui/State";
import { Tag } from "../../ui/Status";
import { Time } from "../../ui/Time";
import css from "./access.module.css";
import { LinkDetails } from "./LinkDetails";
import { NewLink } from "./NewLink";
import { RevokeLink } from "./RevokeLink";
import { Roles } from "./Roles";

type PortalLink = Schemas["PortalLink"];
const colors = { active: "teal", used: "blue", expired: "gray", revoked: "red" } as const;

/** Links that open the portal once: who made them, for whom, and what became of them. */
export function LinksTab() {
  const { t } = useTranslation("access");
  const { id: tenant } = useTenant();
  const [making, make] = useState(false);
  const [revoking, revoke] = useState<PortalLink | null>(null);
  const [{ link }, set] = useFilters({ link: "" });
  const list = useList("/api/v1/tenants/{tenant}/portal-links", { params: { path: { tenant } } }, { refetchInterval: 15_000 });
  const button = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => make(true)}>
      {t("links.new")}
    </Button>
  );
  return (
    <>
      <Group justify="space-between" align="flex-start" mb="md">
        <Text c="dimmed" flex="1 1 16rem">
          {t("links.text")}
        </Text>
        {button}
      </Group>
      <div className={css.log}>
        <DataList
          label={t("links.label")}
          columns={useColumns(revoke)}
          list={list}
          rowKey={(l) => l.id}
          empty={<Empty title={t("links.empty")} text={t("links.empty_text")} icon={<IconMailForward size={26} />} action={button} />}
        />
      </div>
      {making && <NewLink close={() => make(false)} />}
      {revoking && <RevokeLink link={revoking} close={() => revoke(null)} />}
      {link && <LinkDetails id={link} close={() => set({ link: "" })} />}
    </>
  );
}

function useColumns(revoke: (link: PortalLink) => void): Column<PortalLink>[] {
  const { t } = useTranslation("access");
  const { name: tenant } = useTenant();
  const path = useTenantPath();
  return [
    {
      key: "who",
      header: t("links.who"),
      width: "minmax(6rem, 1.6fr)",
      cell: (l) => (
        <>
          <Go data-row to={path("access", "invitations")} search={{ link: l.id }} c="var(--mantine-color-text)" fw={600} aria-label={t("links.details_label", { who: l.email ?? t("links.anyone") })}>
            {l.email ?? t("links.anyone")}
          </Go>
          {l.note && (
            <Text size="sm" c="dimmed" lineClamp={2}>
              {l.note}
            </Text>
          )}
        </>
      ),
    },
    { key: "state", header: t("links.state"), width: "5.5rem", cell: (l) => <Tag color={colors[l.state]} text={t(`state.${l.state}`)} /> },
    {
      key: "roles",
      header: t("links.roles"),
      width: "minmax(6rem, 1.3fr)",
      cell: (l) => (
        <>
          <Roles roles={l.roles} />
          <Text size="sm" c="dimmed">
            {l.connection?.name ?? t("sessions.whole", { tenant })}
          </Text>
        </>
      ),
    },
    {
      key: "made",
      header: t("links.made"),
      width: "minmax(5.5rem, 1fr)",
      cell: (l) => (
        <>
          <Time at={l.created_at} />
          {l.created_by && (
            <Text size="sm" c="dimmed">
              {t("links.by", { name: l.created_by })}
            </Text>
          )}
        </>
      ),
    },
    { key: "opened", header: t("links.opened"), width: "5.5rem", cell: (l) => <Time at={l.used_at} never={t("links.not_opened")} /> },
    {
      key: "actions",
      header: t("links.actions"),
      width: "6.75rem",
      align: "end",
      cell: (l) => l.state === "active" && <Revoke link={l} revoke={revoke} />,
    },
  ];
}

function Revoke({ link, revoke }: { link: PortalLink; revoke: (link: PortalLink) => void }) {
  const { t } = useTranslation(["common", "access"]);
  return (
    <Button size="compact-sm" variant="default" aria-label={t("access:links.revoke_label", { who: link.email ?? t("access:links.anyone") })} onClick={() => revoke(link)}>
      {t("actions.revoke")}
    </Button>
  );
}
