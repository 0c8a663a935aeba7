import { Table } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import page from "../../ui/page.module.css";
import { Time } from "../../ui/Time";

export type Token = Schemas["Token"];

/** Tokens that work, as far as they can still be shown. */
export function LiveTokens({ tokens }: { tokens: Token[] }) {
  const { t } = useTranslation("setup");
  return (
    <Table.ScrollContainer minWidth={0} type="native">
      <Table aria-label={t("token.live")} withTableBorder verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("token.name")}</Table.Th>
            <Table.Th>{t("token.title")}</Table.Th>
            <Table.Th visibleFrom="sm">{t("token.until")}</Table.Th>
            <Table.Th>{t("token.used")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tokens.map((token) => (
            <Table.Tr key={token.id}>
              <Table.Td>{token.name}</Table.Td>
              <Table.Td className={page.mono}>
                {token.prefix}…{token.last_four}
              </Table.Td>
              <Table.Td visibleFrom="sm">
                <Time at={token.expires_at} exact />
              </Table.Td>
              <Table.Td>
                <Time at={token.last_used_at} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
