import { Button, Group, Stack, Text } from "@mantine/core";
import { IconCircleCheck, IconClock, IconRefresh, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useCan } from "../../app/session";
import type { Column } from "../../ui/DataList";
import page from "../../ui/page.module.css";
import { Tag } from "../../ui/Status";
import { Time } from "../../ui/Time";
import { useConnection, useMayChange } from "../connections/connection";
import { LastUse } from "./LastUse";
import { Revoke } from "./Revoke";
import { hasRoom, isLive, makerOf, narrowed, type Seen, type Token } from "./rotation";

/** The columns of the list of tokens. */
export function useColumns(tokens: Token[], seen: Map<string, Seen>, rotate: (token: Token) => void): Column<Token>[] {
  const { t } = useTranslation("connections");
  const can = useCan();
  const mayChange = useMayChange();
  const columns: Column<Token>[] = [
    { key: "token", header: t("tokens.token"), width: "minmax(0, 1.4fr)", cell: (token) => <Name token={token} /> },
    { key: "state", header: t("tokens.state"), width: "minmax(0, 1.1fr)", cell: (token) => <State state={token.state} /> },
    { key: "made", header: t("tokens.made_by"), width: "minmax(0, 1fr)", cell: (token) => <Made token={token} /> },
    { key: "ends", header: t("tokens.ends_at"), width: "minmax(0, 1fr)", cell: (token) => <Ends token={token} /> },
    { key: "used", header: t("tokens.last_used"), width: "minmax(0, 1.4fr)", cell: (token) => <LastUse token={token} seen={seen.get(token.id)} /> },
  ];
  if (!mayChange && !can("provisioning:delete")) return columns;
  return [
    ...columns,
    {
      key: "actions",
      header: t("tokens.actions"),
      width: "minmax(0, 1.3fr)",
      cell: (token) =>
        isLive(token) && (
          <Group gap="xs">
            {mayChange && !token.replaces && !token.replaced_by && hasRoom(tokens) && (
              <Button size="compact-sm" variant="default" aria-label={t("rotation.label", { name: token.name })} onClick={() => rotate(token)}>
                {t("rotation.short")}
              </Button>
            )}
            {can("provisioning:delete") && <Revoke token={token} tokens={tokens} />}
          </Group>
        ),
    },
  ];
}

function Name({ token }: { token: Token }) {
  const { t } = useTranslation("connections");
  const { connection } = useConnection();
  const less = narrowed(token, connection.scopes);
  return (
    <Stack gap={0}>
      <Text fw={600}>{token.name}</Text>
      <Text className={page.mono} c="dimmed">
        {token.prefix}…{token.last_four}
      </Text>
      {less && (
        <Text size="sm" c="dimmed">
          {t("tokens.narrowed", less)}
        </Text>
      )}
    </Stack>
  );
}

const looks = {
  active: ["teal", IconCircleCheck],
  replacing: ["blue", IconRefresh],
  expiring: ["yellow", IconClock],
  expired: ["red", IconX],
  revoked: ["gray", IconX],
} as const;

function State({ state }: { state: Token["state"] }) {
  const { t } = useTranslation("connections");
  const [color, Icon] = looks[state];
  return <Tag color={color} icon={<Icon size={14} aria-hidden />} text={t(`tokens.states.${state}`)} />;
}

function Made({ token }: { token: Token }) {
  const { t } = useTranslation("connections");
  const maker = makerOf(token.created_by);
  return (
    <Stack gap={0}>
      <Time at={token.created_at} />
      {maker !== null && (
        <Text size="sm" c="dimmed">
          {maker.kind ? t(`tokens.makers.${maker.kind}`) : maker.name}
        </Text>
      )}
    </Stack>
  );
}

function Ends({ token }: { token: Token }) {
  const { t } = useTranslation("connections");
  if (token.revoked_at) {
    return (
      <>
        {t("token_word.revoked")} <Time at={token.revoked_at} />
      </>
    );
  }
  return <Time at={token.expires_at} never={t("tokens.lifetimes.never")} />;
}
