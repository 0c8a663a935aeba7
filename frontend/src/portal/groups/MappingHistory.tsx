import { Button, Text } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { useTenant } from "../../app/tenant";
import { Section } from "../../ui/Page";
import { Failed } from "../../ui/State";
import { Time } from "../../ui/Time";
import { PartSkeleton } from "../people/parts";
import { useNames } from "./catalogue";
import css from "./groups.module.css";
import { canUndo, difference, type Holding, undoDays } from "./mapping";
import { MappingReview } from "./MappingReview";

interface Props {
  group: string;
  name: string;
  now: Holding[];
  readOnly: boolean;
  /** The change that is about to be taken back, as the address has it. */
  undo: string;
  ask: (id: string) => void;
  undone: (job: string | null) => void;
}

/** The last changes of a group's mappings; young ones can be taken back. */
export function MappingHistory({ group, name, now, readOnly, undo, ask, undone }: Props) {
  const { t } = useTranslation("groups");
  const { id: tenant } = useTenant();
  const query = api.useQuery("get", "/api/v1/tenants/{tenant}/groups/{group}/role-mappings/history", { params: { path: { tenant, group } } });
  const items = query.data?.items;
  const asked = items?.find((change) => change.id === undo);
  const today = new Date();
  return (
    <Section title={t("history.title")} text={t("history.text", { count: undoDays })}>
      {query.isPending && <PartSkeleton />}
      {query.error && !items ? <Failed error={query.error} retry={() => void query.refetch()} /> : null}
      {items?.length === 0 && <Text c="dimmed">{t("history.none")}</Text>}
      <ol className={css.history}>
        {items?.map((change) => (
          <li key={change.id}>
            <Told change={change} />
            {!readOnly && canUndo(change, now, today) && (
              <Button variant="default" size="xs" leftSection={<IconArrowBackUp size={14} aria-hidden />} onClick={() => ask(change.id)}>
                {t("history.undo")}
              </Button>
            )}
          </li>
        ))}
      </ol>
      {asked && !readOnly && <MappingReview undo group={group} name={name} now={now} targets={asked.before} close={() => ask("")} saved={undone} />}
    </Section>
  );
}

function Told({ change }: { change: Schemas["RoleMappingChange"] }) {
  const { t } = useTranslation("groups");
  const names = useNames();
  const { added, removed } = difference(change.before, change.after);
  return (
    <span className={css.historyText}>
      {added.length > 0 && <>{t("history.added", { roles: added.map(names.at).join(", ") })} </>}
      {removed.length > 0 && <>{t("history.removed", { roles: removed.map(names.at).join(", ") })} </>}
      <span className={css.under}>
        {change.by ?? t("history.nobody")} · <Time at={change.at} />
        {change.people_total !== null && <> · {t("history.people", { count: change.people_total })}</>}
      </span>
    </span>
  );
}
