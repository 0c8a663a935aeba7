import { ActionIcon, Button, Group, Select, Stack, Table, Text } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { Section } from "../../ui/Page";
import { TenantPicker, TenantName } from "../TenantPicker";
import { type Effect, exceptions, type Line, type Permission, withException, without } from "./lines";

interface Props {
  lines: Line[];
  permissions: Schemas["PermissionInfo"][];
  readOnly: boolean;
  change: (lines: Line[]) => void;
}

/** What holds in one tenant only. */
export function Exceptions({ lines, permissions, readOnly, change }: Props) {
  const { t } = useTranslation("roles");
  const list = exceptions(lines);
  return (
    <Section title={t("exceptions.title")} text={t("exceptions.text")}>
      <Stack>
        {list.length > 0 ? (
          <Table.ScrollContainer minWidth={480}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t("exceptions.tenant")}</Table.Th>
                  <Table.Th>{t("matrix.permission")}</Table.Th>
                  <Table.Th>{t("exceptions.effect")}</Table.Th>
                  <Table.Th />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {list.map((line) => (
                  <Table.Tr key={`${line.tenant_id} ${line.permission}`}>
                    <Table.Td>
                      <TenantName id={line.tenant_id ?? ""} />
                    </Table.Td>
                    <Table.Td>
                      <code>{line.permission}</code>
                    </Table.Td>
                    <Table.Td>{t(`choice.${line.effect}`)}</Table.Td>
                    <Table.Td ta="end">
                      {!readOnly && (
                        <ActionIcon variant="subtle" color="red" aria-label={t("exceptions.remove", { permission: line.permission })} onClick={() => change(without(lines, line))}>
                          <IconTrash size={18} />
                        </ActionIcon>
                      )}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        ) : (
          <Text c="dimmed">{t("exceptions.none")}</Text>
        )}
        {!readOnly && <NewException permissions={permissions} add={(line) => change(withException(lines, line))} />}
      </Stack>
    </Section>
  );
}

function NewException({ permissions, add }: { permissions: Schemas["PermissionInfo"][]; add: (line: Line) => void }) {
  const { t } = useTranslation("roles");
  const [tenant, setTenant] = useState<string | null>(null);
  const [permission, setPermission] = useState<Permission | null>(null);
  const [effect, setEffect] = useState<Effect>("allow");
  return (
    <Group align="flex-end" gap="sm">
      <TenantPicker label={t("exceptions.tenant")} value={tenant} change={setTenant} />
      <Select label={t("matrix.permission")} data={permissions.map((p) => p.permission)} value={permission} onChange={(v) => setPermission(v as Permission | null)} searchable flex="1 1 12rem" />
      <Select
        label={t("exceptions.effect")}
        allowDeselect={false}
        data={(["allow", "deny"] as const).map((value) => ({ value, label: t(`choice.${value}`) }))}
        value={effect}
        onChange={(v) => setEffect(v as Effect)}
        w={150}
      />
      <Button variant="default" disabled={!tenant || !permission} onClick={() => tenant && permission && add({ tenant_id: tenant, permission, effect })}>
        {t("exceptions.add")}
      </Button>
    </Group>
  );
}
