import { IconBan, IconInfoCircle, IconKeyOff, IconPlayerPause, IconUsersMinus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { useCan } from "../../app/session";
import { Go, useTenantPath } from "../../app/tenant";
import { Section } from "../../ui/Page";
import { Sentence } from "../../ui/Sentence";
import { nameOf } from "./name";
import { remedyOf } from "./why";
import css from "./why.module.css";

const icons: Record<string, typeof IconBan> = {
  inactive: IconBan,
  no_groups: IconUsersMinus,
  groups_not_mapped: IconUsersMinus,
  connection_paused: IconPlayerPause,
  no_assignments: IconKeyOff,
};

/** Why somebody holds nothing: every reason, and where each can be changed. */
export function WhyNone({ user, reasons }: { user: Schemas["User"]; reasons: Schemas["Message"][] }) {
  const { t } = useTranslation("people");
  return (
    <Section title={t("why.none", { name: nameOf(user) })} text={t("why.none_text")}>
      <ul className={css.reasons}>
        {reasons.map((reason, i) => {
          const Icon = icons[reason.code] ?? IconInfoCircle;
          return (
            <li key={i} data-code={reason.code}>
              <Icon size={18} aria-hidden />
              <span style={{ overflowWrap: "anywhere" }}>
                <Told user={user} reason={reason} />
              </span>
              <Next user={user} code={reason.code} />
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

/** A reason in the viewer's language; those that name groups and roles as the server says them. */
function Told({ user, reason }: { user: Schemas["User"]; reason: Schemas["Message"] }) {
  const { t } = useTranslation("people");
  switch (reason.code) {
    case "inactive":
      return t(user.managed ? "why.reason.inactive_managed" : "why.reason.inactive_manual");
    case "no_groups":
    case "no_assignments":
      return t(`why.reason.${reason.code}`);
    default:
      return <Sentence text={reason.message} />;
  }
}

/** Where somebody goes on from a reason. */
function Next({ user, code }: { user: Schemas["User"]; code: string }) {
  const { t } = useTranslation("people");
  const path = useTenantPath();
  const can = useCan();
  switch (remedyOf(code)) {
    case "history":
      return can("audit:read") ? <Go to={path("people", user.id, "history")}>{t("why.to_history")}</Go> : null;
    case "groups":
      return <Go to={path("groups")}>{t("why.to_groups")}</Go>;
    case "connection":
      return user.connection ? <Go to={path("connections", user.connection.id)}>{t("why.to_connection")}</Go> : null;
    default:
      return null;
  }
}
