import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { Go, useTenantPath } from "../../app/tenant";
import type { Column } from "../../ui/DataList";
import { Time } from "../../ui/Time";
import { RoleList } from "../groups/RoleList";
import { ActiveTag } from "./ActiveTag";
import { nameOf } from "./name";
import css from "./people.module.css";

type User = Schemas["User"];

/** What a list of people tells of each. */
export function usePeopleColumns(): Column<User>[] {
  const { t } = useTranslation("people");
  const path = useTenantPath();
  return [
    {
      key: "name",
      header: t("column.name"),
      width: "minmax(12rem, 2.2fr)",
      cell: (user) => {
        const name = nameOf(user);
        const mail = user.emails.find((e) => e.primary)?.value ?? user.emails[0]?.value;
        return (
          <>
            <Go to={path("people", user.id)} data-row fw={600} c="var(--mantine-color-text)">
              {name}
            </Go>
            <span className={css.under}>{user.user_name}</span>
            {mail && mail.toLowerCase() !== user.user_name.toLowerCase() && <span className={css.under}>{mail}</span>}
          </>
        );
      },
    },
    { key: "source", header: t("column.source"), width: "minmax(7rem, 1fr)", cell: (user) => <Source user={user} /> },
    { key: "status", header: t("column.status"), width: "7.5rem", cell: (user) => <ActiveTag active={user.active} /> },
    {
      key: "roles",
      header: t("column.roles"),
      width: "minmax(9rem, 1.6fr)",
      cell: (user) => <RoleList holdings={user.roles ?? []} none={user.active ? t("no_role") : undefined} />,
    },
    { key: "changed", header: t("column.changed"), width: "8.5rem", cell: (user) => <Time at={user.updated_at} /> },
  ];
}

function Source({ user }: { user: User }) {
  const { t } = useTranslation("people");
  if (user.connection) return <>{user.connection.name}</>;
  return (
    <Text span c="dimmed" inherit>
      {t("manual")}
    </Text>
  );
}
