import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { Refused } from "../../ui/State";
import { PartSkeleton } from "../people/parts";
import { useNames } from "./catalogue";
import { difference, type Holding } from "./mapping";
import { PreviewNumbers, Refusals } from "./PreviewNumbers";
import { PreviewPeople } from "./PreviewPeople";
import { usePreview } from "./usePreview";
import { useSaveMapping } from "./useSaveMapping";

interface Props {
  group: string;
  name: string;
  /** What the mappings are now, as far as the viewer knows. */
  now: Holding[];
  targets: Holding[];
  /** It takes an earlier change back. */
  undo?: boolean;
  close: () => void;
  saved: (job: string | null) => void;
}

/** What saving would do, with names; and the button that does it. */
export function MappingReview({ group, name, now, targets, undo = false, close, saved }: Props) {
  const { t } = useTranslation("groups");
  const { t: c } = useTranslation();
  const names = useNames();
  const preview = usePreview(group, targets, true);
  const { save, busy, error } = useSaveMapping(group, name, now, saved);
  const people = preview.data?.people_total ?? 0;
  const fresh = preview.data && !preview.isPlaceholderData;
  return (
    <Modal opened onClose={close} size="lg" title={t(undo ? "review.undo_title" : "review.title", { group: name })} closeButtonProps={{ "aria-label": c("actions.close") }}>
      <Stack>
        <Changes now={now} targets={targets} />
        {fresh ? (
          <>
            <PreviewNumbers preview={preview.data} names={names} />
            <PreviewPeople preview={preview.data} />
            <Refusals refusals={preview.data.refusals} />
          </>
        ) : preview.error ? (
          <Refused error={preview.error} />
        ) : (
          <PartSkeleton rows={5} />
        )}
        <Refused error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {c("actions.cancel")}
          </Button>
          <Button data-autofocus disabled={!fresh || preview.data.refusals.length > 0} loading={busy} onClick={() => save(targets)}>
            {t(undo ? "review.undo" : "review.save", { count: people })}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** The mappings that come and go. */
function Changes({ now, targets }: { now: Holding[]; targets: Holding[] }) {
  const { t } = useTranslation("groups");
  const names = useNames();
  const { added, removed } = difference(now, targets);
  return (
    <Text>
      {added.length > 0 && t("review.added", { roles: added.map(names.at).join(", ") })} {removed.length > 0 && t("review.removed", { roles: removed.map(names.at).join(", ") })}
      {added.length + removed.length === 0 && t("review.same")}
    </Text>
  );
}
