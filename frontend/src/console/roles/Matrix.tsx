import { ScrollArea, Text, Tooltip, VisuallyHidden } from "@mantine/core";
import { IconBan, IconCheck, IconMinus } from "@tabler/icons-react";
import { useQueries } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { Go } from "../../app/tenant";
import { everywhere, exceptions, type Line, type Permission } from "./lines";
import css from "./roles.module.css";

interface Props {
  roles: Schemas["Role"][];
  permissions: Schemas["PermissionInfo"][];
}

/** Who may do what: roles across, permissions down. */
export function Matrix({ roles, permissions }: Props) {
  const { t } = useTranslation("roles");
  const lines = useQueries({ queries: roles.map((r) => api.queryOptions("get", "/api/v1/roles/{role}/permissions", { params: { path: { role: r.key } } })) });
  return (
    <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: "region", "aria-label": t("matrix.table") }}>
      <table className={css.matrix}>
        <thead>
          <tr>
            <td>
              <VisuallyHidden>{t("matrix.permission")}</VisuallyHidden>
            </td>
            {roles.map((role) => (
              <th key={role.key} scope="col">
                <Go to={`/console/roles/${role.key}`}>{role.name}</Go>
                <Text size="xs" c="dimmed">
                  {role.built_in ? t("built_in") : role.key}
                </Text>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {permissions.map(({ permission, description }) => (
            <tr key={permission}>
              <th scope="row">
                <span className={css.code}>{permission}</span>
                <Text size="xs" c="dimmed">
                  {description}
                </Text>
              </th>
              {roles.map((role, i) => (
                <td key={role.key}>
                  <Cell lines={lines[i]?.data?.lines} permission={permission} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  );
}

const marks = {
  allow: [IconCheck, css.allow],
  deny: [IconBan, css.deny],
  nothing: [IconMinus, css.nothing],
} as const;

function Cell({ lines, permission }: { lines: Line[] | undefined; permission: Permission }) {
  const { t } = useTranslation("roles");
  if (!lines) return <span className={css.nothing}>…</span>;
  const effect = everywhere(lines, permission) ?? "nothing";
  const [Icon, look] = marks[effect];
  const more = exceptions(lines, permission).length;
  const words = more ? `${t(`effect.${effect}`)}, ${t("matrix.exceptions", { count: more })}` : t(`effect.${effect}`);
  return (
    <Tooltip label={words}>
      <span className={look}>
        <Icon size={18} aria-hidden />
        {more > 0 && (
          <Text span size="xs" aria-hidden>
            {` +${more}`}
          </Text>
        )}
        <VisuallyHidden>{words}</VisuallyHidden>
      </span>
    </Tooltip>
  );
}
