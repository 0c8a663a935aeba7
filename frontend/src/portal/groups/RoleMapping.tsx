import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconEye, IconUsers } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { useList } from "../../api/list";
import { useBrand } from "../../app/brand";
import { useFilters } from "../../app/filters";
import { useCan, useSession } from "../../app/session";
import { useTenant } from "../../app/tenant";
import { Section } from "../../ui/Page";
import { useNames, useRoles } from "./catalogue";
import css from "./groups.module.css";
import { JobProgress } from "./JobProgress";
import { type Holding, jobToShow, rowsOf, same, sorted, targetsOf } from "./mapping";
import { MappingEditor } from "./MappingEditor";
import { MappingHistory } from "./MappingHistory";
import { MappingReview } from "./MappingReview";
import { PreviewNumbers, Refusals } from "./PreviewNumbers";
import { usePreview } from "./usePreview";

interface Props {
  group: string;
  name: string;
  saved: Schemas["GroupRoleMappings"];
}

/** The roles that a group gives: the editor with its preview, the job that tells the vendor, and the last changes. */
export function RoleMapping({ group, name, saved }: Props) {
  const { t } = useTranslation("groups");
  const { t: c } = useTranslation();
  const { productName } = useBrand();
  const { kind } = useSession();
  const can = useCan();
  const readOnly = !can("roles:map");
  const [{ job, undo }, set] = useFilters({ job: "", undo: "" });
  const now = sorted(saved.mappings);
  const draft = useDraft(now);
  const [reviewing, setReviewing] = useState(false);
  const running = useRunningJob(group);
  const shown = jobToShow(job, running, group);
  const roles = useRoles();
  return (
    <>
      {shown && <JobProgress id={shown} dismiss={() => set({ job: "" })} />}
      <Section title={t("editor.title")} text={`${t("editor.text", { product: productName })} ${t(`rule.${saved.access_rule}`)}`}>
        {roles?.length === 0 && now.length === 0 ? (
          t("editor.no_roles", { product: productName })
        ) : (
          <MappingEditor rows={draft.rows} set={draft.set} saved={saved.mappings} readOnly={readOnly} />
        )}
        {readOnly && (
          <Text size="sm" c="dimmed" mt="md">
            {c("permission.missing", { permission: "roles:map", who: t(kind === "portal" ? "who.portal" : "who.staff") })}
          </Text>
        )}
        {draft.overtaken && <Overtaken keep={draft.keep} reset={draft.reset} />}
        {draft.changed && !draft.overtaken && <Pending group={group} targets={draft.targets} review={() => setReviewing(true)} reset={draft.reset} />}
      </Section>
      <MappingHistory group={group} name={name} now={now} readOnly={readOnly} undo={undo} ask={(id) => set({ undo: id })} undone={(id) => set({ undo: "", job: id ?? "" })} />
      {reviewing && (
        <MappingReview
          group={group}
          name={name}
          now={now}
          targets={draft.targets}
          close={() => setReviewing(false)}
          saved={(id) => {
            setReviewing(false);
            draft.accept();
            set({ job: id ?? "" });
          }}
        />
      )}
    </>
  );
}

/** useDraft is what somebody makes of the mappings. It follows what is saved until it is changed. */
function useDraft(now: Holding[]) {
  const [base, setBase] = useState(now);
  const [rows, setRows] = useState(() => rowsOf(now));
  const targets = targetsOf(rows);
  const moved = !same(base, now);
  const changed = !same(targets, base);
  const take = () => {
    setBase(now);
    setRows(rowsOf(now));
  };
  if (moved && (!changed || same(targets, now))) take();
  return {
    rows,
    set: setRows,
    targets,
    changed: !same(targets, now),
    overtaken: moved && changed && !same(targets, now),
    keep: () => setBase(now),
    reset: take,
    accept: () => setBase(targets),
  };
}

/** useRunningJob are the last jobs: one may still tell of this group. */
function useRunningJob(group: string): Pick<Schemas["Job"], "id" | "state" | "subject">[] {
  const { id: tenant } = useTenant();
  const { items } = useList("/api/v1/tenants/{tenant}/jobs", { params: { path: { tenant }, query: { limit: 20 } } });
  return items.filter((j) => j.subject === group);
}

/** What is not saved yet would do this. */
function Pending({ group, targets, review, reset }: { group: string; targets: Holding[]; review: () => void; reset: () => void }) {
  const { t } = useTranslation("groups");
  const [asked] = useDebouncedValue(targets, 300);
  const settled = same(asked, targets);
  const names = useNames();
  const preview = usePreview(group, asked, true);
  return (
    <Stack className={css.bar} gap="sm">
      <div aria-live="polite">
        {preview.data ? (
          <Group gap="sm" align="flex-start" wrap="nowrap">
            <IconUsers size={18} aria-hidden />
            <PreviewNumbers preview={preview.data} names={names} />
          </Group>
        ) : (
          t("editor.reckoning")
        )}
      </div>
      {preview.data && <Refusals refusals={preview.data.refusals} />}
      <Group>
        <Button leftSection={<IconEye size={16} aria-hidden />} disabled={!settled} onClick={review}>
          {t("editor.review")}
        </Button>
        <Button variant="default" onClick={reset}>
          {t("editor.discard")}
        </Button>
      </Group>
    </Stack>
  );
}

/** Somebody else has saved other mappings while these were being made. */
function Overtaken({ keep, reset }: { keep: () => void; reset: () => void }) {
  const { t } = useTranslation("groups");
  return (
    <Alert color="yellow" mt="md" title={t("editor.overtaken")} role="alert">
      {t("editor.overtaken_text")}
      <Group mt="sm">
        <Button variant="default" onClick={reset}>
          {t("editor.theirs")}
        </Button>
        <Button variant="default" onClick={keep}>
          {t("editor.mine")}
        </Button>
      </Group>
    </Alert>
  );
}
