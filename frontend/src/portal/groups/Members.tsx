import { Group, Text, Title } from "@mantine/core";
import { IconUsersGroup } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { useList } from "../../api/list";
import { Go, GoButton, useTenant, useTenantPath } from "../../app/tenant";
import { type Column, DataList } from "../../ui/DataList";
import { Empty } from "../../ui/State";
import { Tag } from "../../ui/Status";
import { ActiveTag } from "../people/ActiveTag";
import css from "./groups.module.css";

type Member = Schemas["GroupMember"];

/** Who is in a group, people and groups alike. */
export function Members({ group }: { group: Schemas["Group"] }) {
  const { t } = useTranslation("groups");
  const { id: tenant } = useTenant();
  const path = useTenantPath();
  const list = useList("/api/v1/tenants/{tenant}/groups/{group}/members", { params: { path: { tenant, group: group.id } } });
  const columns: Column<Member>[] = [
    {
      key: "name",
      header: t("column.member"),
      width: "minmax(10rem, 2fr)",
      cell: (m) => (
        <>
          <Go to={m.type === "Group" ? path("groups", m.id) : path("people", m.id)} data-row fw={600} c="var(--mantine-color-text)">
            {m.name}
          </Go>
          {m.user_name && m.user_name !== m.name && <span className={css.under}>{m.user_name}</span>}
        </>
      ),
    },
    {
      key: "kind",
      header: t("column.kind"),
      width: "10rem",
      cell: (m) => (m.type === "Group" ? <Tag color="gray" icon={<IconUsersGroup size={14} aria-hidden />} text={t("members.group")} /> : <ActiveTag active={m.active ?? true} />),
    },
  ];
  return (
    <section aria-label={t("members.title")}>
      <Group justify="space-between" align="flex-end" my="md" gap="sm">
        <div>
          <Title order={2} fz="lg">
            {t("members.title")}
          </Title>
          <Text size="sm" c="dimmed">
            {t("members.text")}
          </Text>
        </div>
        <GoButton to={path("people")} search={{ group: group.id }} variant="default" size="xs">
          {t("members.all")}
        </GoButton>
      </Group>
      <DataList label={t("members.title")} columns={columns} list={list} rowKey={(m) => m.id} empty={<Empty title={t("members.none")} text={t("members.none_text")} />} />
    </section>
  );
}
