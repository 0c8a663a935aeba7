import { Group, Text, Title } from "@mantine/core";
import { IconBan, IconCircleCheck, IconEyeSearch, IconHandStop, IconKeyOff, IconMailOff, IconTrash, IconUserEdit } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { Go, useTenantPath } from "../../app/tenant";
import { Sentence } from "../../ui/Sentence";
import { Time } from "../../ui/Time";
import { OutcomeTag } from "../activity/OutcomeTag";
import { ActiveTag } from "./ActiveTag";
import css from "./people.module.css";
import { stepsOf, toneOf } from "./trace";

const icons = {
  has_access: IconCircleCheck,
  no_access: IconKeyOff,
  inactive: IconBan,
  deleted: IconTrash,
  refused: IconHandStop,
  other_user_name: IconUserEdit,
  looked_up_only: IconEyeSearch,
  never_received: IconMailOff,
} as const;

/** What became of somebody: the verdict, what to do, who was found, and what was sent about them. */
export function TraceResult({ trace }: { trace: Schemas["Trace"] }) {
  const { t } = useTranslation("people");
  const Icon = icons[trace.verdict];
  return (
    <div className={css.verdict} data-verdict={trace.verdict}>
      <div className={css.verdictIcon} data-tone={toneOf(trace.verdict)} aria-hidden>
        <Icon size={22} />
      </div>
      <div>
        <Title order={3} fz="md">
          {t(`verdict.${trace.verdict}`)}
        </Title>
        <Text mt={2} style={{ overflowWrap: "anywhere" }}>
          <Sentence text={trace.sentence} />
        </Text>
        <Fix trace={trace} />
        {trace.person && <Found person={trace.person} count={trace.access_count} />}
        {trace.requests.length > 0 && <Requests trace={trace} />}
        <Looked trace={trace} />
      </div>
    </div>
  );
}

function Fix({ trace: { fix, where } }: { trace: Schemas["Trace"] }) {
  const { t } = useTranslation("people");
  if (!fix && !where) return null;
  return (
    <div className={css.fix}>
      {fix && (
        <div>
          <strong>{t("missing.fix")}</strong> <Sentence text={fix} />
        </div>
      )}
      {where && (
        <Text size="sm" c="dimmed" mt={fix ? 4 : 0}>
          {t("missing.where")} <em>{stepsOf(where).join(" › ")}</em>
        </Text>
      )}
    </div>
  );
}

function Found({ person, count }: { person: NonNullable<Schemas["TracePerson"]>; count: number }) {
  const { t } = useTranslation("people");
  const path = useTenantPath();
  return (
    <Group gap="sm" mt="md">
      <Go to={path("people", person.id)} fw={600}>
        {person.name}
      </Go>
      {person.user_name !== person.name && (
        <Text span c="dimmed" size="sm" style={{ overflowWrap: "anywhere" }}>
          {person.user_name}
        </Text>
      )}
      <ActiveTag active={person.active} />
      <Text span size="sm" c="dimmed">
        {person.connection?.name ?? t("manual")} · {t("missing.roles", { count })}
      </Text>
      <Go to={path("people", person.id, "why")} size="sm">
        {t("missing.why")}
      </Go>
    </Group>
  );
}

function Requests({ trace }: { trace: Schemas["Trace"] }) {
  const { t } = useTranslation("people");
  const path = useTenantPath();
  return (
    <>
      <Title order={4} fz="sm" mt="lg" mb="xs">
        {t("missing.requests")}
      </Title>
      <ul className={css.lines}>
        {trace.requests.map((r) => (
          <li key={r.id}>
            <span className={css.lineText}>
              <Go to={path("activity", "requests", r.connection.id, r.id)}>{r.sentence}</Go>
              <span className={css.under}>
                {r.connection.name} · <Time at={r.at} />
              </span>
            </span>
            <OutcomeTag outcome={r.outcome} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** How far the answer goes: what was looked through, and since when that is known. */
function Looked({ trace: { connections, log_since: since } }: { trace: Schemas["Trace"] }) {
  const { t, i18n } = useTranslation("people");
  if (connections.length === 0) return null;
  const names = new Intl.ListFormat(i18n.language).format(connections.map((c) => c.name));
  return (
    <Text size="sm" c="dimmed" mt="md">
      {t("missing.looked", { names })} {since ? <>{t("missing.since")} <Time at={since} exact />.</> : t("missing.no_log")}
    </Text>
  );
}
