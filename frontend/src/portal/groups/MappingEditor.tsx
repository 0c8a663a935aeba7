import { ActionIcon, Button, Text } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { everywhere, useNames, useRoles } from "./catalogue";
import css from "./groups.module.css";
import { repeated, type Row, withRow } from "./mapping";
import { PlaceSelect } from "./PlaceSelect";
import { RoleSelect } from "./RoleSelect";

/** How many roles one group can give. */
const mostRows = 200;

interface Props {
  rows: Row[];
  set: (rows: Row[]) => void;
  saved: Schemas["RoleMapping"][];
  readOnly: boolean;
}

/** The roles that a group gives: one line for each, an entry point and a role. */
export function MappingEditor({ rows, set, saved, readOnly }: Props) {
  const { t } = useTranslation("groups");
  const again = repeated(rows);
  const change = (id: number, part: Partial<Row>) => set(rows.map((r) => (r.id === id ? { ...r, ...part } : r)));
  return (
    <>
      {rows.length === 0 && (
        <Text c="dimmed" mb="md">
          {t("editor.none")}
        </Text>
      )}
      <ul className={css.rows}>
        {rows.map((row, i) => (
          <Line
            key={row.id}
            row={row}
            number={i + 1}
            again={again.has(row.id)}
            saved={saved.find((m) => m.entry_point === row.entry_point && m.role === row.role)}
            readOnly={readOnly}
            change={(part) => change(row.id, part)}
            remove={() => set(rows.filter((r) => r.id !== row.id))}
          />
        ))}
      </ul>
      {!readOnly && (
        <Button
          mt="md"
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden />}
          disabled={rows.length >= mostRows}
          onClick={() => set(withRow(rows, everywhere))}
        >
          {t("editor.add")}
        </Button>
      )}
    </>
  );
}

interface LineProps {
  row: Row;
  number: number;
  again: boolean;
  saved?: Schemas["RoleMapping"];
  readOnly: boolean;
  change: (part: Partial<Row>) => void;
  remove: () => void;
}

function Line({ row, number, again, saved, readOnly, change, remove }: LineProps) {
  const { t } = useTranslation("groups");
  const names = useNames();
  const role = useRoles()?.find((r) => r.key === row.role);
  const remark = saved && !saved.effective ? saved.why_not : role && !role.mappable ? role.why_not : null;
  return (
    <li className={css.row}>
      <PlaceSelect value={row.entry_point} onChange={(entry_point) => change({ entry_point })} disabled={readOnly} />
      <RoleSelect value={row.role} onChange={(key) => change({ role: key })} disabled={readOnly} error={again ? t("editor.again") : undefined} />
      {readOnly ? (
        <span />
      ) : (
        <ActionIcon variant="default" size={36} aria-label={row.role ? t("editor.remove", { role: names.at(row) }) : t("editor.remove_line", { number })} onClick={remove}>
          <IconTrash size={16} />
        </ActionIcon>
      )}
      {remark ? (
        <div className={css.note} data-bad>
          {t("editor.no_effect")} {remark}
        </div>
      ) : (
        role && (
          <div className={css.note}>
            {role.description} {t("editor.rank", { rank: role.rank })}.
          </div>
        )
      )}
    </li>
  );
}
