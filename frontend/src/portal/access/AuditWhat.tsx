import { Collapse, UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { Go } from "../../app/tenant";
import { shortId } from "../activity/format";
import css from "./access.module.css";
import { isGone, pageOf, targetName, wordOf } from "./audit";
import { AuditDetails } from "./AuditDetails";
import { KnownName } from "./KnownName";

type Entry = Schemas["AuditEntry"];
type Path = (...segments: string[]) => string;

interface Props {
  entry: Entry;
  path?: Path;
  narrow: (change: { actor?: string; target?: string }) => void;
}

/** What was done, as a sentence; its details open below it. */
export function AuditWhat({ entry, path, narrow }: Props) {
  const { t } = useTranslation("access");
  const [opened, open] = useState(false);
  const id = useId();
  return (
    <>
      <div>
        <AuditSentence entry={entry} path={path} />
      </div>
      <UnstyledButton className={css.toggle} aria-expanded={opened} aria-controls={id} aria-label={t("audit.details_label", { number: entry.number })} onClick={() => open(!opened)}>
        <IconChevronRight size={14} aria-hidden /> {t("audit.details")}
      </UnstyledButton>
      <Collapse expanded={opened} id={id}>
        {opened && <AuditDetails entry={entry} narrow={narrow} />}
      </Collapse>
    </>
  );
}

/** Stands for the target until the sentence is cut there; it is in no text. */
const mark = "\uE000";

/** The sentence of an action, with a link to what it is about; an action that is not known stands as it is. */
export function AuditSentence({ entry, path }: { entry: Entry; path?: Path }) {
  const { t } = useTranslation("access");
  const word = wordOf(entry.action);
  const target = <Target entry={entry} path={path} />;
  if (!word) {
    return (
      <>
        <code>{entry.action}</code> {entry.target && target}
      </>
    );
  }
  const [before, after] = t(`action.${word}`, { target: mark }).split(mark);
  return (
    <>
      {before}
      {after !== undefined && target}
      {after}
    </>
  );
}

function Target({ entry, path }: { entry: Entry; path?: Path }) {
  const { t } = useTranslation("access");
  const { target } = entry;
  const link = target?.type === "portal_link";
  const name = targetName(entry) ?? (link ? t("anyone") : target?.id ? shortId(target.id) : "–");
  const page = path && !isGone(entry.action) ? pageOf(target) : null;
  if (page && path) {
    return (
      <Go to={path(...page)} underline="always">
        {targetName(entry) || page[0] === "connections" ? name : <KnownName page={page[0]} id={page[1]} />}
      </Go>
    );
  }
  if (link && path && target?.id) {
    return (
      <Go to={path("access", "invitations")} search={{ link: target.id }} underline="always">
        {name}
      </Go>
    );
  }
  return <strong style={{ fontWeight: 600 }}>{name}</strong>;
}
