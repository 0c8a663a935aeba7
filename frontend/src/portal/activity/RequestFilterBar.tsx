import { Button, Pill, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import css from "./activity.module.css";
import { ConnectionSelect } from "./ConnectionSelect";
import { noFilters, type RequestFilters } from "./filters";
import { kinds, kindWord, outcomes } from "./kinds";
import { MoreFilters } from "./MoreFilters";
import { RangeSelect } from "./RangeSelect";

interface Props {
  filters: RequestFilters;
  set: (change: Partial<RequestFilters>) => void;
  filtered: boolean;
  /** The list is of one connection; there is none to choose. */
  connection?: boolean;
}

/** What the list of requests is narrowed by; all of it is in the address. */
export function RequestFilterBar({ filters, set, filtered, connection = false }: Props) {
  const { t } = useTranslation("activity");
  const kindName = (kind: string) => {
    const word = kindWord(kind);
    return word ? t(`kind.${word}`) : kind;
  };
  return (
    <>
      <div className={css.filters}>
        <Search key={filters.q} value={filters.q} set={(q) => set({ q })} />
        <Select
          label={t("filter.outcome")}
          value={filters.outcome || "any"}
          onChange={(v) => set({ outcome: v === "any" || !v ? "" : v })}
          allowDeselect={false}
          data={[{ value: "any", label: t("filter.any_outcome") }, ...outcomes.map((o) => ({ value: o, label: t(`outcome.${o}`) }))]}
        />
        <Select
          label={t("filter.kind")}
          value={filters.kind || "any"}
          onChange={(v) => set({ kind: v === "any" || !v ? "" : v })}
          allowDeselect={false}
          searchable
          data={[{ value: "any", label: t("filter.any_kind") }, ...kinds.map((k) => ({ value: k, label: kindName(k) }))]}
        />
        {!connection && <ConnectionSelect value={filters.connection} set={(value) => set({ connection: value })} />}
        <RangeSelect since={filters.since} until={filters.until} set={set} />
        <MoreFilters filters={filters} set={set} />
        {filtered && (
          <Button className={css.fit} variant="subtle" onClick={() => set(noFilters)}>
            {t("filter.clear")}
          </Button>
        )}
      </div>
      <Chosen filters={filters} set={set} />
    </>
  );
}

function Search({ value, set }: { value: string; set: (value: string) => void }) {
  const { t } = useTranslation("activity");
  const [text, setText] = useState(value);
  const later = useDebouncedCallback((next: string) => set(next.trim()), 350);
  return (
    <TextInput
      className={css.grow}
      type="search"
      label={t("filter.search")}
      placeholder={t("filter.search_hint")}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={text}
      maxLength={200}
      onChange={(e) => {
        setText(e.currentTarget.value);
        later(e.currentTarget.value);
      }}
    />
  );
}

const rare = ["person", "group", "request_id", "status"] as const;
const names = { person: "filter.person", group: "filter.group", request_id: "filter.request", status: "filter.status" } as const;

/** Filters that have no field of their own in the bar, each to be taken away. */
function Chosen({ filters, set }: { filters: RequestFilters; set: (change: Partial<RequestFilters>) => void }) {
  const { t } = useTranslation("activity");
  const chosen = rare.filter((name) => filters[name] !== "");
  if (chosen.length === 0) return null;
  return (
    <Pill.Group mb="md">
      {chosen.map((name) => (
        <Pill
          key={name}
          size="lg"
          withRemoveButton
          onRemove={() => set({ [name]: "" })}
          removeButtonProps={{ "aria-label": t("filter.remove", { what: t(names[name]) }), "aria-hidden": undefined, tabIndex: 0 }}
        >
          {t("filter.only", { what: t(names[name]), value: filters[name] })}
        </Pill>
      ))}
    </Pill.Group>
  );
}
