import { Button, List, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { refresh } from "../../api/list";
import { Confirm } from "../../ui/Confirm";
import { Refused } from "../../ui/State";
import { connectionPaths, useConnection, useConnectionParams } from "./connection";
import { useIdp } from "./words";

/** Says what a pause means for the identity provider, and pauses. */
export function PauseDialog({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useTranslation("connections");
  const { connection } = useConnection();
  const path = useConnectionParams();
  const queries = useQueryClient();
  const idp = useIdp()(connection.provider);
  const pause = api.useMutation("post", "/api/v1/tenants/{tenant}/connections/{connection}/pause", {
    onSuccess: async () => {
      await refresh(queries, ...connectionPaths);
      close();
      notifications.show({ message: t("pause.done", { name: connection.name, idp }) });
    },
  });
  const { provider } = connection;
  return (
    <Confirm
      opened={opened}
      close={() => {
        pause.reset();
        close();
      }}
      title={t("pause.title", { name: connection.name })}
      action={t("pause.action")}
      busy={pause.isPending}
      error={pause.error}
      confirm={() => pause.mutate({ params: { path } })}
    >
      <Stack gap="sm">
        <Text>{t("pause.text", { idp })}</Text>
        <List size="sm" spacing={6}>
          <List.Item>{t("pause.nothing_lost")}</List.Item>
          <List.Item>{t("pause.access")}</List.Item>
          {provider === "entra" && <List.Item>{t("pause.entra")}</List.Item>}
          {provider === "okta" && <List.Item>{t("pause.okta")}</List.Item>}
        </List>
      </Stack>
    </Confirm>
  );
}

/** Ends a pause. That needs no question. */
export function Resume() {
  const { t } = useTranslation("connections");
  const { connection } = useConnection();
  const path = useConnectionParams();
  const queries = useQueryClient();
  const idp = useIdp()(connection.provider);
  const resume = api.useMutation("post", "/api/v1/tenants/{tenant}/connections/{connection}/resume", {
    onSuccess: async () => {
      await refresh(queries, ...connectionPaths);
      notifications.show({ color: "teal", message: t("resume.done", { name: connection.name, idp }) });
    },
  });
  return (
    <>
      <Button leftSection={<IconPlayerPlay size={16} />} loading={resume.isPending} onClick={() => resume.mutate({ params: { path } })}>
        {t("resume.action")}
      </Button>
      <Refused error={resume.error} />
    </>
  );
}
