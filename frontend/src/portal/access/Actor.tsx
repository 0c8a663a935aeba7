import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { Go } from "../../app/tenant";
import page from "../../ui/page.module.css";
import { shortId } from "../activity/format";
import { useConnections } from "../activity/useConnections";

type Entry = Schemas["AuditEntry"];

/** Who did it, as people call them, and from which address. */
export function Actor({ entry, path }: { entry: Entry; path?: (...segments: string[]) => string }) {
  const byToken = entry.actor.startsWith("tok") && entry.connection_id !== null && path;
  return (
    <>
      {byToken && entry.connection_id ? <ByConnection id={entry.connection_id} path={byToken} /> : <Name entry={entry} />}
      {entry.address && (
        <Text size="xs" c="dimmed" className={page.mono}>
          {entry.address}
        </Text>
      )}
    </>
  );
}

function Name({ entry }: { entry: Entry }) {
  const name = useActorName()(entry);
  return <span title={entry.actor}>{name}</span>;
}

/** useActorName calls an actor by the name that the log has of it. */
export function useActorName(): (entry: Pick<Entry, "actor" | "actor_name">) => string {
  const { t } = useTranslation("access");
  return ({ actor, actor_name }) => {
    if (actor === "system") return t("audit.system");
    if (actor === "command") return t("audit.command");
    return actor_name || shortId(actor);
  };
}

/** A token is the connection's that it belongs to. */
function ByConnection({ id, path }: { id: string; path: (...segments: string[]) => string }) {
  const { t } = useTranslation("access");
  const name = useConnections().find((c) => c.id === id)?.name;
  const text = t("audit.by_connection", { name: name ?? shortId(id) });
  return name ? (
    <Go to={path("connections", id)} underline="always">
      {text}
    </Go>
  ) : (
    <span title={id}>{text}</span>
  );
}
