import { IconKeyOff, IconUserStar } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { Tag } from "../../ui/Status";
import { useNames } from "./catalogue";
import css from "./groups.module.css";

interface Props {
  holdings: { entry_point: string; role: string }[];
  /** Said where there is none. */
  none?: string;
  /** How many are named. */
  most?: number;
}

/** Roles at entry points, by their names. */
export function RoleList({ holdings, none, most = 3 }: Props) {
  const { t } = useTranslation("groups");
  const names = useNames();
  if (holdings.length === 0) return none ? <Tag color="yellow" icon={<IconKeyOff size={14} aria-hidden />} text={none} /> : <>–</>;
  const more = holdings.length - most;
  return (
    <span className={css.tags}>
      {holdings.slice(0, most).map((h) => (
        <Tag key={`${h.entry_point} ${h.role}`} color="accent" icon={<IconUserStar size={14} aria-hidden />} text={names.at(h)} />
      ))}
      {more > 0 && <Tag color="gray" text={t("more_roles", { count: more })} />}
    </span>
  );
}
