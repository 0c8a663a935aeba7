import { Button, Code, Collapse, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh } from "../../api/list";
import { Section } from "../../ui/Page";
import { Refused } from "../../ui/State";
import { Exceptions } from "./Exceptions";
import { type Effect, everywhere, type Line, same, withEverywhere, written } from "./lines";
import css from "./roles.module.css";

interface Props {
  role: Schemas["Role"];
  lines: Line[];
  permissions: Schemas["PermissionInfo"][];
}

/** Sets what a role may do: everywhere, and in single tenants. */
export function PermissionEditor({ role, lines: stored, permissions }: Props) {
  const { t } = useTranslation("roles");
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const [lines, setLines] = useState(stored);
  const [shown, { toggle }] = useDisclosure(false);
  const save = api.useMutation("put", "/api/v1/roles/{role}/permissions", {
    onSuccess: () => {
      notifications.show({ message: t("saved", { name: role.name }) });
      void refresh(queries, "/api/v1/roles", "/api/v1/session");
    },
  });
  const changed = !same(lines, stored);
  return (
    <>
      <Section title={t("may.title")} text={t("may.text")}>
        {permissions.map(({ permission, description }) => (
          <div key={permission} className={css.permission}>
            <div id={`may-${permission}`}>
              <span className={css.code}>{permission}</span>
              <Text size="sm" c="dimmed">
                {description}
              </Text>
            </div>
            <SegmentedControl
              aria-label={permission}
              disabled={role.built_in}
              value={everywhere(lines, permission) ?? "nothing"}
              onChange={(v) => setLines(withEverywhere(lines, permission, v === "nothing" ? null : (v as Effect)))}
              data={(["nothing", "allow", "deny"] as const).map((value) => ({ value, label: t(`choice.${value}`) }))}
            />
          </div>
        ))}
      </Section>
      <Exceptions lines={lines} permissions={permissions} readOnly={role.built_in} change={setLines} />
      {!role.built_in && (
        <Stack gap="sm">
          <Refused error={save.error} />
          <Group justify="flex-end">
            <Button variant="subtle" color="gray" c="var(--mantine-color-text)" onClick={toggle} aria-expanded={shown}>
              {t("rules")}
            </Button>
            <Button variant="default" disabled={!changed} onClick={() => setLines(stored)}>
              {common("actions.reset")}
            </Button>
            <Button disabled={!changed} loading={save.isPending} onClick={() => save.mutate({ params: { path: { role: role.key } }, body: { lines } })}>
              {common("actions.save")}
            </Button>
          </Group>
          <Collapse expanded={shown}>
            <Code block>{lines.map((l) => written(role.key, l)).join("\n") || t("no_rules")}</Code>
          </Collapse>
        </Stack>
      )}
    </>
  );
}
