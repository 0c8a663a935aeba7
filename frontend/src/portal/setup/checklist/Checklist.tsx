import { Alert, Progress, Stack, Text } from "@mantine/core";
import { IconBulb, IconCircleCheck, IconKeyOff } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { announce } from "../../../ui/announce";
import { Section } from "../../../ui/Page";
import { Sentence } from "../../../ui/Sentence";
import { Time } from "../../../ui/Time";
import css from "./checklist.module.css";
import { ChecklistRow } from "./ChecklistRow";
import { NothingYet } from "./NothingYet";
import { nothingYet, rowsOf, type Seen, type Setup, type StepName, strangersOf } from "./rows";
import type { Line } from "./watch";

interface Props {
  setup: Setup;
  ticked: Seen["ticked"];
  line: Line;
  /** The last time that the server was asked, it did not answer. */
  failing: boolean;
}

/** What has arrived from the identity provider, and what has not; it changes while one looks at it. */
export function Checklist({ setup, ticked, line, failing }: Props) {
  const { t } = useTranslation("setup");
  const { t: common } = useTranslation();
  const provider = common(`provider.${setup.connection.provider}`);
  useTold(setup, ticked);
  return (
    <Section title={t("checklist.title")} text={t("checklist.text")} actions={<LineState line={line === "polling" && failing ? "failing" : line} />}>
      <Stack gap="md">
        <div>
          <Text size="sm" fw={600} mb={6} data-progress>
            {t("checklist.progress", { done: setup.done, total: setup.total })}
          </Text>
          <Progress value={(100 * setup.done) / Math.max(1, setup.total)} color="teal" size="sm" aria-label={t("checklist.title")} />
        </div>
        <Hint setup={setup} />
        <Strangers setup={setup} />
        <ul className={css.list}>
          {rowsOf(setup).map((row) => (
            <ChecklistRow key={row.step} row={row} connection={setup.connection.id} provider={provider} fresh={ticked.includes(row.step)} />
          ))}
        </ul>
        {nothingYet(setup) && setup.status !== "draft" && <NothingYet provider={setup.connection.provider} />}
      </Stack>
    </Section>
  );
}

/** useTold says each tick aloud, once. */
function useTold(setup: Setup, ticked: StepName[]) {
  const { t } = useTranslation("setup");
  const told = useRef(0);
  useEffect(() => {
    const news = ticked.slice(told.current);
    told.current = ticked.length;
    if (news.length === 0) return;
    const names = news.map((step) => t(`checklist.step.${step}`)).join(", ");
    announce(t("checklist.told", { names, done: setup.done, total: setup.total }));
  }, [ticked, setup.done, setup.total, t]);
}

/** What to do next; the server says it in the provider's own labels. */
function Hint({ setup }: { setup: Setup }) {
  const { t } = useTranslation("setup");
  if (setup.done === setup.total) {
    return (
      <Alert color="teal" variant="light" icon={<IconCircleCheck size={18} />} title={t("checklist.complete")}>
        {t("checklist.complete_text")}
      </Alert>
    );
  }
  if (!setup.hint) return null;
  return (
    <Alert color="accent" variant="light" icon={<IconBulb size={18} />} title={t("checklist.next")}>
      <Sentence text={setup.hint} />
    </Alert>
  );
}

/** Requests with a token that does not work are the commonest reason why nothing happens. */
function Strangers({ setup }: { setup: Setup }) {
  const { t } = useTranslation("setup");
  const strangers = strangersOf(setup);
  if (strangers.length === 0) return null;
  return (
    <Alert color="red" variant="light" icon={<IconKeyOff size={18} />} title={t("checklist.strangers", { count: strangers.length })} data-strangers>
      <ul className={css.list}>
        {strangers.map((s) => (
          <li key={`${s.hint} ${s.what}`}>
            <Sentence text={s.sentence} />{" "}
            <Text span size="sm" c="dimmed">
              <Time at={s.at} />
            </Text>
          </li>
        ))}
      </ul>
    </Alert>
  );
}

function LineState({ line }: { line: Line | "failing" }) {
  const { t } = useTranslation("setup");
  return (
    <span className={css.line} data-line={line}>
      <span className={css.dot} aria-hidden />
      {t(`checklist.line.${line}`)}
    </span>
  );
}
