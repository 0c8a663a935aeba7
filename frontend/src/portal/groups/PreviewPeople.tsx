import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { Go, useTenantPath } from "../../app/tenant";
import { type Names, useNames } from "./catalogue";
import css from "./groups.module.css";
import type { Holding } from "./mapping";

/** Whose access changes, from what to what. */
export function PreviewPeople({ preview }: { preview: Schemas["RoleMappingPreview"] }) {
  const { t } = useTranslation("groups");
  const names = useNames();
  const path = useTenantPath();
  const more = preview.people_total - preview.changes.length;
  if (preview.changes.length === 0) return null;
  return (
    <div>
      <ul className={css.people} aria-label={t("preview.people")} tabIndex={0}>
        {preview.changes.map(({ user, before, after }) => (
          <li key={user.id}>
            <Go to={path("people", user.id)} fw={600}>
              {user.name}
            </Go>
            <div className={css.change}>
              <span>{told(before, names) || t("preview.no_role")}</span>
              <span aria-hidden>→</span>
              <span className="visually-hidden">{t("preview.becomes")}</span>
              <Text span inherit c="var(--mantine-color-text)">
                {told(after, names) || t("preview.no_role")}
              </Text>
            </div>
          </li>
        ))}
      </ul>
      {more > 0 && (
        <Text size="sm" c="dimmed" mt="xs">
          {t("preview.more", { count: more })}
        </Text>
      )}
    </div>
  );
}

const told = (holdings: Holding[], names: Names) => holdings.map(names.at).join(", ");
