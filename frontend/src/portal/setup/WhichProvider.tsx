import { Button, Collapse, List, Stack, Table, Text } from "@mantine/core";
import { useDisclosure, useId } from "@mantine/hooks";
import { IconHelpCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { signInAddresses } from "./providers";
import page from "../../ui/page.module.css";

/** How to find out which provider one has. Nothing is asked of any server for it. */
export function WhichProvider() {
  const { t } = useTranslation("setup");
  const { t: common } = useTranslation();
  const [open, { toggle }] = useDisclosure(false);
  const id = useId();
  return (
    <div>
      <Button variant="subtle" size="compact-sm" leftSection={<IconHelpCircle size={16} />} onClick={toggle} aria-expanded={open} aria-controls={id}>
        {t("which.title")}
      </Button>
      <Collapse expanded={open} id={id}>
        <Stack gap="sm" mt="sm" maw={680}>
          <Text size="sm">{t("which.look")}</Text>
          <Table withTableBorder verticalSpacing={6} aria-label={t("which.table")}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("which.address")}</Table.Th>
                <Table.Th>{t("which.then")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {signInAddresses.map(([provider, address]) => (
                <Table.Tr key={provider}>
                  <Table.Td className={page.mono}>{address}</Table.Td>
                  <Table.Td>{common(`provider.${provider}`)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          <List size="sm" spacing={4}>
            <List.Item>{t("which.own_domain")}</List.Item>
            <List.Item>{t("which.other")}</List.Item>
            <List.Item>{t("which.change")}</List.Item>
          </List>
        </Stack>
      </Collapse>
    </div>
  );
}
