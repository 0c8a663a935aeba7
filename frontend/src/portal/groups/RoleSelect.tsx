import { Select, Text } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useNames, useRoles } from "./catalogue";
import css from "./groups.module.css";

interface Props {
  value: string;
  onChange: (key: string) => void;
  disabled?: boolean;
  error?: string;
  /** The role is given to somebody directly: those that groups cannot give can be chosen, too. */
  direct?: boolean;
}

/** A role of the vendor's app, with what it is for; of one that groups cannot give, why. */
export function RoleSelect({ value, onChange, disabled, error, direct = false }: Props) {
  const { t } = useTranslation("groups");
  const names = useNames();
  const roles = useRoles() ?? [];
  const usable = (role: { mappable: boolean }) => direct || role.mappable;
  const gone = value && !roles.some((r) => r.key === value) ? [{ value, label: names.role(value) }] : [];
  return (
    <Select
      label={t("editor.role")}
      placeholder={t("editor.choose")}
      value={value || null}
      onChange={(key) => onChange(key ?? value)}
      allowDeselect={false}
      disabled={disabled}
      error={error}
      searchable={roles.length > 8}
      nothingFoundMessage={t("editor.no_role")}
      maxDropdownHeight={360}
      classNames={{ option: css.choice }}
      data={[...gone, ...roles.map((r) => ({ value: r.key, label: r.name, disabled: !usable(r) && r.key !== value }))]}
      renderOption={({ option }) => {
        const role = roles.find((r) => r.key === option.value);
        return (
          <div className={css.option}>
            <Text component="div" fw={600} size="sm" c={role && !usable(role) ? "dimmed" : undefined}>
              {role && !usable(role) && <IconLock size={13} aria-hidden className={css.lock} />}
              {option.label}
              {role && (
                <Text span size="xs" c="dimmed" ml={8}>
                  {t("editor.rank", { rank: role.rank })}
                </Text>
              )}
            </Text>
            {role && (
              <Text component="div" size="xs" c="dimmed">
                {usable(role) ? role.description : role.why_not}
              </Text>
            )}
          </div>
        );
      }}
    />
  );
}
