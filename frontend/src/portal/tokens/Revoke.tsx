import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { refresh } from "../../api/list";
import { Confirm } from "../../ui/Confirm";
import { connectionPaths, useConnection, useConnectionParams } from "../connections/connection";
import { useIdp } from "../connections/words";
import { isOnlyLive, type Token } from "./rotation";

/** Takes a token away; of the only one that works its name is asked for. */
export function Revoke({ token, tokens }: { token: Token; tokens: Token[] }) {
  const { t } = useTranslation(["connections", "common"]);
  const { connection } = useConnection();
  const path = { ...useConnectionParams(), token: token.id };
  const queries = useQueryClient();
  const idp = useIdp()(connection.provider);
  const [opened, { open, close }] = useDisclosure(false);
  const only = isOnlyLive(token, tokens);
  const revoke = api.useMutation("delete", "/api/v1/tenants/{tenant}/connections/{connection}/tokens/{token}", {
    onSuccess: async () => {
      close();
      await refresh(queries, ...connectionPaths);
      notifications.show({ message: t("connections:revoke.done", { name: token.name, four: token.last_four }) });
    },
  });
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        c="light-dark(var(--mantine-color-red-8), var(--mantine-color-red-4))"
        aria-label={t("connections:revoke.label", { name: token.name })}
        onClick={open}
      >
        {t("common:actions.revoke")}
      </Button>
      <Confirm
        opened={opened}
        close={() => {
          revoke.reset();
          close();
        }}
        title={t("connections:revoke.title", { name: token.name })}
        action={t("common:actions.revoke")}
        typed={only ? token.name : undefined}
        danger
        busy={revoke.isPending}
        error={revoke.error}
        confirm={() => revoke.mutate({ params: { path, query: only ? { confirm: token.name } : {} } })}
      >
        {only ? t("connections:revoke.only", { idp }) : t("connections:revoke.text", { idp })}
      </Confirm>
    </>
  );
}
