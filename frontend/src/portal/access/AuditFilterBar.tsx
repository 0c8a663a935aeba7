import { Button, Pill, Select } from "@mantine/core";
import { useTranslation } from "react-i18next";

import bar from "../activity/activity.module.css";
import { RangeSelect } from "../activity/RangeSelect";
import { families, familiesOf, wordOf } from "./audit";

export const noAuditFilters = { action: "", actor: "", target: "", since: "", until: "" };
type AuditFilters = typeof noAuditFilters;

interface Props {
  filters: AuditFilters;
  set: (change: Partial<AuditFilters>) => void;
  filtered: boolean;
  installation: boolean;
}

/** What an audit log is narrowed by; all of it is in the address. */
export function AuditFilterBar({ filters, set, filtered, installation }: Props) {
  const { t } = useTranslation("access");
  const nameOf = (action: string) => {
    const word = wordOf(action);
    return word ? t(`choice.${word}`) : action;
  };
  const offered = familiesOf(installation);
  const known = filters.action === "" || offered.some((f) => (families[f] as readonly string[]).includes(filters.action));
  const named = { actor: t("audit.filter_actor"), target: t("audit.filter_target") };
  const chosen = (["actor", "target"] as const).filter((name) => filters[name] !== "");
  return (
    <>
      <div className={bar.filters}>
        <Select
          className={bar.wide}
          label={t("audit.filter_action")}
          value={filters.action || "any"}
          onChange={(v) => set({ action: v === "any" || !v ? "" : v })}
          allowDeselect={false}
          searchable
          data={[
            { value: "any", label: t("audit.any_action") },
            ...(known ? [] : [{ value: filters.action, label: filters.action }]),
            ...offered.map((f) => ({ group: t(`family.${f}`), items: families[f].map((a) => ({ value: a as string, label: nameOf(a) })) })),
          ]}
        />
        <RangeSelect since={filters.since} until={filters.until} set={set} />
        {filtered && (
          <Button className={bar.fit} variant="subtle" onClick={() => set(noAuditFilters)}>
            {t("audit.clear")}
          </Button>
        )}
      </div>
      {chosen.length > 0 && (
        <Pill.Group mb="md">
          {chosen.map((name) => (
            <Pill
              key={name}
              size="lg"
              withRemoveButton
              onRemove={() => set({ [name]: "" })}
              removeButtonProps={{ "aria-label": t("audit.remove", { what: named[name] }), "aria-hidden": undefined, tabIndex: 0 }}
            >
              {t("audit.chosen", { what: named[name], value: filters[name] })}
            </Pill>
          ))}
        </Pill.Group>
      )}
    </>
  );
}
