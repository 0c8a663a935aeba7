import { Stack, Text, Title } from "@mantine/core";
import { IconArrowRight, IconHistory } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { useList } from "../../api/list";
import { useCan } from "../../app/session";
import { Go, useTenant, useTenantPath } from "../../app/tenant";
import { Section } from "../../ui/Page";
import { Empty, Failed } from "../../ui/State";
import { Time } from "../../ui/Time";
import { useConnections } from "../activity/useConnections";
import { useAttributeName } from "./attributeName";
import css from "./history.module.css";
import { inOrder, type Line, linesOf, whoDid } from "./history";
import { PartSkeleton, ReadMore } from "./parts";

type Entry = Schemas["AuditEntry"];

/** Everything that happened to somebody: what was before and what is after, who did it, and by which request. */
export function HistoryTab({ user }: { user: string }) {
  const { t } = useTranslation("people");
  const { id: tenant } = useTenant();
  const list = useList("/api/v1/tenants/{tenant}/users/{user}/history", { params: { path: { tenant, user } } });
  return (
    <Section title={t("history.title")} text={t("history.text")}>
      {list.isPending && <PartSkeleton rows={8} />}
      {list.error && list.items.length === 0 && <Failed error={list.error} retry={list.retry} />}
      {!list.isPending && !list.error && list.items.length === 0 && (
        <Empty icon={<IconHistory size={26} stroke={1.6} />} title={t("history.none")} text={t("history.none_text")} />
      )}
      <ol className={css.entries}>
        {list.items.map((entry) => (
          <li key={entry.number} className={css.entry}>
            <OneEntry entry={entry} />
          </li>
        ))}
      </ol>
      <ReadMore list={list} />
    </Section>
  );
}

function OneEntry({ entry }: { entry: Entry }) {
  const { t } = useTranslation("people");
  const lines = inOrder(linesOf(entry.changes as Record<string, Schemas["AuditChange"]>));
  return (
    <Stack gap={6}>
      <Title order={3} fz="md">
        <Action entry={entry} count={lines.length} />
      </Title>
      <Text size="sm" c="dimmed">
        <Time at={entry.at} exact /> · <By entry={entry} />
        <Request entry={entry} />
      </Text>
      {lines.length > 0 && <Lines lines={lines} label={t("history.changes")} />}
    </Stack>
  );
}

const actions = ["user.created", "user.updated", "user.deactivated", "user.reactivated", "user.deleted", "user.adopted"] as const;

/** What happened, in words; of an action that has none, its name. */
function Action({ entry, count }: { entry: Entry; count: number }) {
  const { t } = useTranslation("people");
  const known = actions.find((a) => a === entry.action);
  if (known === "user.updated") return t("history.updated", { count });
  if (known) return t(`history.action.${known.slice(5) as "created"}`);
  return entry.action;
}

function By({ entry }: { entry: Entry }) {
  const { t } = useTranslation("people");
  const path = useTenantPath();
  const connections = useConnections();
  const who = whoDid(entry);
  switch (who.kind) {
    case "connection": {
      const name = connections.find((c) => c.id === who.id)?.name;
      return name ? <Go to={path("connections", who.id)} underline="always">{name}</Go> : t("history.idp");
    }
    case "system":
      return t("history.system");
    case "command":
      return t("history.command");
    case "key":
      return t("history.key", { name: who.name });
    case "person":
      return who.name;
  }
}

/** The request that did it, where identity providers' requests are logged. */
function Request({ entry }: { entry: Entry }) {
  const { t } = useTranslation("people");
  const path = useTenantPath();
  const can = useCan();
  if (!entry.request_id || whoDid(entry).kind !== "connection" || !can("provisioning:read")) return null;
  return (
    <>
      {" · "}
      <Go to={path("activity", "requests")} search={{ request_id: entry.request_id }} underline="always">
        {t("history.request")}
      </Go>
    </>
  );
}

/** The lines of an entry. Where nothing was before, as of somebody new, there is no column for it. */
function Lines({ lines, label }: { lines: Line[]; label: string }) {
  const { t } = useTranslation("people");
  const nameOf = useAttributeName();
  const changed = lines.some((line) => line.from !== "");
  return (
    <table className={css.changes} aria-label={label}>
      <colgroup>
        <col className={css.nameColumn} />
        {changed && <col />}
        <col />
      </colgroup>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">{t("history.attribute")}</th>
          {changed && <th scope="col">{t("history.before")}</th>}
          <th scope="col">{t("history.after")}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line, i) => (
          <tr key={`${line.name} ${i}`}>
            <th scope="row">{nameOf(line.name)}</th>
            {changed && (
              <td className={css.before}>
                <Told text={line.from} />
              </td>
            )}
            <td className={css.after}>
              {changed && <IconArrowRight size={14} aria-hidden className={css.arrow} />}
              <Told text={line.to} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Told({ text }: { text: string }) {
  const { t } = useTranslation("people");
  const { t: c } = useTranslation();
  if (text === "") return <span className={css.nothing}>{t("history.nothing")}</span>;
  if (text === "true" || text === "false") return <span>{c(text === "true" ? "yes" : "no")}</span>;
  return <span>{text}</span>;
}
