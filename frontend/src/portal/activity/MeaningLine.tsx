import { Collapse, Skeleton, Text, UnstyledButton } from "@mantine/core";
import {
  IconAlertTriangle,
  IconChevronRight,
  IconEye,
  IconPencil,
  IconPlugConnected,
  IconTrash,
  IconUserCheck,
  IconUserMinus,
  IconUserPlus,
  IconUsersGroup,
} from "@tabler/icons-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { Go, useTenant, useTenantPath } from "../../app/tenant";
import { Failed } from "../../ui/State";
import { Tag } from "../../ui/Status";
import css from "./activity.module.css";
import { clock } from "./format";
import { type Meaning, within } from "./meaning";
import { OutcomeTag } from "./OutcomeTag";
import type { RequestQuery } from "./filters";
import { factWord } from "./words";

type Cycle = Schemas["Cycle"];

function MeaningIcon({ meaning }: { meaning: Meaning }) {
  const props = { size: 17, stroke: 1.7, className: css.lineIcon, "aria-hidden": true };

  const code = meaning.facts[0]?.code ?? meaning.key;
  if (meaning.key === "others" || code.endsWith("_refused")) return <IconAlertTriangle {...props} />;
  if (meaning.key.startsWith("members") || code.startsWith("groups")) return <IconUsersGroup {...props} />;
  if (code.endsWith("_created")) return <IconUserPlus {...props} />;
  if (code.endsWith("_adopted") || code.endsWith("_reactivated")) return <IconUserCheck {...props} />;
  if (code.endsWith("_deactivated")) return <IconUserMinus {...props} />;
  if (code.endsWith("_deleted")) return <IconTrash {...props} />;
  if (code === "connection_tested") return <IconPlugConnected {...props} />;
  return code.endsWith("_updated") ? <IconPencil {...props} /> : <IconEye {...props} />;
}

/** useWords says a meaning in words. */
export function useWords(): (meaning: Meaning) => string {
  const { t, i18n } = useTranslation("activity");
  return (meaning) => {
    const say = (code: string, count: number) => {
      const word = factWord(code);
      return word ? t(`meaning.${word}`, { count }) : code;
    };
    const parts = meaning.facts.map((f) => say(f.code, f.count));
    if (parts.length === 0) parts.push(say(meaning.key.startsWith("members") ? "members_refused" : meaning.key, meaning.refused));
    const text = new Intl.ListFormat(i18n.language, { type: "conjunction" }).format(parts);
    if (!meaning.key.startsWith("members")) return text;
    return `${meaning.group?.name || t("meaning.other_groups")}: ${text}`;
  };
}

/** One thing that happened in a cycle; its requests are read when it is opened. */
export function MeaningLine({ cycle, meaning }: { cycle: Cycle; meaning: Meaning }) {
  const { t } = useTranslation("activity");
  const [opened, open] = useState(false);
  const id = useId();
  const text = useWords()(meaning);
  const inside = (
    <>
      <MeaningIcon meaning={meaning} />
      <span className={css.lineText}>{text}</span>
      {meaning.refused > 0 && <Tag color="red" text={t("cycle.refused", { count: meaning.refused })} />}
    </>
  );
  if (!meaning.find) return <li className={css.line}>{inside}</li>;
  return (
    <li>
      <UnstyledButton className={css.line} onClick={() => open(!opened)} aria-expanded={opened} aria-controls={id}>
        {inside}
        <IconChevronRight size={16} className={css.turn} data-open={opened || undefined} aria-hidden />
      </UnstyledButton>
      <Collapse expanded={opened} id={id}>
        {opened && <FoundRequests cycle={cycle} meaning={meaning} />}
      </Collapse>
    </li>
  );
}

const most = 8;

function FoundRequests({ cycle, meaning }: { cycle: Cycle; meaning: Meaning }) {
  const { t, i18n } = useTranslation("activity");
  const { id: tenant } = useTenant();
  const path = useTenantPath();
  const found = { ...meaning.find, connection: cycle.connection.id, ...within(cycle) };
  const query = api.useQuery("get", "/api/v1/tenants/{tenant}/requests", {
    params: { path: { tenant }, query: { ...(found as RequestQuery), limit: most } },
  });
  return (
    <div className={css.opened}>
      {query.error ? (
        <Failed error={query.error} retry={() => void query.refetch()} />
      ) : query.data ? (
        <>
          {query.data.items.length === 0 && (
            <Text size="sm" c="dimmed">
              {t("meaning.none")}
            </Text>
          )}
          <ul className={css.found}>
            {query.data.items.map((r) => (
              <li key={r.id}>
                <time dateTime={r.at}>{clock(r.at, i18n.language, true)}</time>
                <Go to={path("activity", "requests", r.connection.id, r.id)}>{r.sentence}</Go>
                <OutcomeTag outcome={r.outcome} status={r.status} />
              </li>
            ))}
          </ul>
          {query.data.next_cursor && (
            <Go to={path("activity", "requests")} search={found} size="sm">
              {t("meaning.all")}
            </Go>
          )}
        </>
      ) : (
        <Skeleton h={60} aria-busy="true" />
      )}
    </div>
  );
}
