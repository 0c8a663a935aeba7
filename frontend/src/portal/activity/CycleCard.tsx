import { Button, Text } from "@mantine/core";
import { IconLoader } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { Go, useTenantPath } from "../../app/tenant";
import { ProviderMark } from "../../ui/ProviderMark";
import { Tag } from "../../ui/Status";
import { absolute } from "../../ui/time";
import css from "./activity.module.css";
import { clock } from "./format";
import { meaningsOf } from "./meaning";
import { MeaningLine } from "./MeaningLine";

/** So many lines of a cycle are shown before somebody asks for all. */
const few = 4;

/** A sync cycle: when, by which connection, and what happened, line by line. */
export function CycleCard({ cycle }: { cycle: Schemas["Cycle"] }) {
  const { t, i18n } = useTranslation("activity");
  const path = useTenantPath();
  const [all, showAll] = useState(false);
  const lines = useMemo(() => meaningsOf(cycle), [cycle]);
  const shown = all || lines.length <= few + 1 ? lines : lines.slice(0, few);
  const language = i18n.language;
  const begin = clock(cycle.started_at, language);
  const end = clock(cycle.ended_at, language);
  return (
    <li className={css.cycle}>
      <div className={css.cycleHead}>
        <ProviderMark provider={cycle.connection.provider} size={26} />
        <Text span fw={600} className={css.lineText} flex="0 1 auto">
          {cycle.connection.name}
        </Text>
        <time className={css.cycleTime} dateTime={cycle.started_at} title={absolute(new Date(cycle.started_at), language)}>
          {begin === end ? begin : `${begin} – ${end}`}
        </time>
        {cycle.running && <Tag color="blue" icon={<IconLoader size={14} aria-hidden />} text={t("cycle.running")} />}
        <div className={css.cycleEnd}>
          <CycleCounts cycle={cycle} />
          <Go
            to={path("activity", "cycles", cycle.connection.id, cycle.id)}
            aria-label={t("cycle.open_label", { time: absolute(new Date(cycle.started_at), language) })}
            fw={600}
            size="sm"
          >
            {t("cycle.open")}
          </Go>
        </div>
      </div>
      <ul className={css.lines}>
        {shown.map((meaning) => (
          <MeaningLine key={meaning.key} cycle={cycle} meaning={meaning} />
        ))}
      </ul>
      {shown.length < lines.length || all ? (
        <Button variant="subtle" size="compact-sm" m="xs" onClick={() => showAll(!all)} aria-expanded={all}>
          {all ? t("cycle.fewer") : t("cycle.lines", { count: lines.length - few })}
        </Button>
      ) : null}
    </li>
  );
}

/** How many requests a cycle had, and how many of them did not work. */
export function CycleCounts({ cycle }: { cycle: Pick<Schemas["Cycle"], "requests" | "refused" | "failed"> }) {
  const { t } = useTranslation("activity");
  return (
    <>
      <Text span size="sm" c="dimmed">
        {t("cycle.requests", { count: cycle.requests })}
      </Text>
      {cycle.refused > 0 && <Tag color="red" text={t("cycle.refused", { count: cycle.refused })} />}
      {cycle.failed > 0 && <Tag color="grape" text={t("cycle.failed", { count: cycle.failed })} />}
    </>
  );
}
