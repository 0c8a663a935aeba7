import { Alert } from "@mantine/core";
import { IconAlertTriangle, IconMinus, IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import type { Names } from "./catalogue";
import css from "./groups.module.css";
import { inOrder } from "./mapping";

/** How many people gain and lose what. Messages show it, too, which are outside of any tenant's pages: names come with it. */
export function PreviewNumbers({ preview, names }: { preview: Schemas["AccessSummary"]; names: Names }) {
  const { t } = useTranslation("groups");
  if (preview.people_total === 0) return <span>{t("preview.nobody")}</span>;
  return (
    <ul className={css.numbers}>
      {inOrder(preview.gains).map((c) => (
        <li key={`+${c.entry_point} ${c.role}`} className={css.gain}>
          <IconPlus size={16} aria-hidden />
          {t("preview.gain", { count: c.count, role: names.at(c) })}
        </li>
      ))}
      {inOrder(preview.losses).map((c) => (
        <li key={`-${c.entry_point} ${c.role}`} className={css.loss}>
          <IconMinus size={16} aria-hidden />
          {t("preview.lose", { count: c.count, role: names.at(c) })}
        </li>
      ))}
    </ul>
  );
}

/** Why saving would be refused. */
export function Refusals({ refusals }: { refusals: Schemas["Message"][] }) {
  const { t } = useTranslation("groups");
  if (refusals.length === 0) return null;
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} title={t("preview.refused")}>
      {refusals.map((r, i) => (
        <div key={i}>{r.message}</div>
      ))}
    </Alert>
  );
}
