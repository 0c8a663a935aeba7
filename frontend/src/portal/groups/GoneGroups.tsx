import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { Go, useTenantPath } from "../../app/tenant";
import { Section } from "../../ui/Page";
import { useAllMappings } from "./catalogue";
import css from "./groups.module.css";
import { RoleList } from "./RoleList";

/** Groups that were deleted at the identity provider and still have mappings, which rest. */
export function GoneGroups() {
  const { t } = useTranslation("groups");
  const path = useTenantPath();
  const gone = new Map<string, Schemas["RoleMapping"][]>();
  for (const m of useAllMappings().data ?? []) {
    if (!m.group.exists) gone.set(m.group.id, [...(gone.get(m.group.id) ?? []), m]);
  }
  if (gone.size === 0) return null;
  return (
    <Section title={t("gone.title")} text={t("gone.text")}>
      <ul className={css.history}>
        {[...gone.entries()].map(([id, mappings]) => (
          <li key={id}>
            <Go to={path("groups", id)}>{mappings[0]?.group.name ?? id}</Go>
            <RoleList holdings={mappings} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
