import { Group } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { Tag } from "../../ui/Status";

const own = ["owner", "operator", "support", "admin", "viewer"] as const;
type Own = (typeof own)[number];
const isOwn = (role: string): role is Own => (own as readonly string[]).includes(role);

/** useRoleName names Roster's own roles in the viewer's language, and others by their key. */
export function useRoleName(): (role: string) => string {
  const { t } = useTranslation("access");
  return (role) => (isOwn(role) ? t(`role.${role}`) : role);
}

/** Roles of somebody, as tags. */
export function Roles({ roles }: { roles: string[] }) {
  const name = useRoleName();
  return (
    <Group gap={4}>
      {roles.map((role) => (
        <Tag key={role} color="gray" text={name(role)} />
      ))}
    </Group>
  );
}
