import { IconArrowsSplit2, IconKey, IconPlugConnected, IconUserEdit, IconUsersGroup, IconUserStar } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { Go, useTenantPath } from "../../app/tenant";
import { Tag } from "../../ui/Status";
import { Time } from "../../ui/Time";
import { useNames } from "../groups/catalogue";
import { nameOf } from "./name";
import css from "./why.module.css";

interface Props {
  user: Schemas["User"];
  line: Schemas["Access"];
  reason: Schemas["AccessReason"];
  /** The role that counts where this one is hidden. */
  over: string;
}

/** How somebody comes to a role, step by step: provisioned, in a group, mapped; or given directly. */
export function AccessChain({ user, line, reason, over }: Props) {
  const { t } = useTranslation("people");
  const names = useNames();
  return (
    <div>
      <ol className={css.chain} data-hidden={!reason.wins || undefined} aria-label={t("why.chain", { role: line.role.name })}>
        <Origin user={user} />
        {reason.group ? <ByGroup group={reason.group} reason={reason} line={line} /> : <ByHand reason={reason} />}
        <Step icon={<IconUserStar size={18} />} label={t("step.role")} strong>
          {line.role.name}
          <small>
            {names.place(line.entry_point)} · {t("step.rank", { rank: line.role.rank })}
          </small>
        </Step>
      </ol>
      {!reason.wins && (
        <div className={css.outranked}>
          <Tag color="gray" text={t("why.outranked", { role: over })} />
        </div>
      )}
    </div>
  );
}

function Step({ icon, label, children, strong }: { icon: ReactNode; label: string; children: ReactNode; strong?: boolean }) {
  return (
    <li className={css.step} data-strong={strong || undefined}>
      <span className={css.stepLabel}>
        <span aria-hidden>{icon}</span> {label}
      </span>
      <span className={css.stepText}>{children}</span>
    </li>
  );
}

function Origin({ user }: { user: Schemas["User"] }) {
  const { t } = useTranslation("people");
  const path = useTenantPath();
  if (!user.connection) {
    return (
      <Step icon={<IconUserEdit size={18} />} label={t("step.registered")}>
        {nameOf(user)}
        <small>
          <Time at={user.created_at} />
        </small>
      </Step>
    );
  }
  return (
    <Step icon={<IconPlugConnected size={18} />} label={t("step.provisioned")}>
      <Go to={path("connections", user.connection.id)}>{user.connection.name}</Go>
      <small>
        <Time at={user.created_at} /> ·{" "}
        <Go to={path("activity", "requests")} search={{ person: user.id }} underline="always" inherit>
          {t("step.requests")}
        </Go>
      </small>
    </Step>
  );
}

function ByGroup({ group, reason, line }: { group: NonNullable<Schemas["ReasonGroup"]>; reason: Schemas["AccessReason"]; line: Schemas["Access"] }) {
  const { t } = useTranslation("people");
  const path = useTenantPath();
  const names = useNames();
  return (
    <>
      <Step icon={<IconUsersGroup size={18} />} label={t("step.group")}>
        <Go to={path("groups", group.id)}>{group.name}</Go>
        <small>{group.direct ? t("step.direct") : t("step.nested")}</small>
      </Step>
      <Step icon={<IconArrowsSplit2 size={18} />} label={t("step.mapping")}>
        {names.at({ role: line.role.key, entry_point: line.entry_point })}
        <small>
          {reason.by ? t("step.by", { who: reason.by }) : t("step.by_nobody")} · <Time at={reason.since} />
        </small>
      </Step>
    </>
  );
}

function ByHand({ reason }: { reason: Schemas["AccessReason"] }) {
  const { t } = useTranslation("people");
  return (
    <Step icon={<IconKey size={18} />} label={t("step.assigned")}>
      {reason.by ? t("step.by", { who: reason.by }) : t("step.by_nobody")}
      <small>
        <Time at={reason.since} />
      </small>
    </Step>
  );
}
