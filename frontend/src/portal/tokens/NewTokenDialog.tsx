import { Alert, Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { refresh } from "../../api/list";
import { Refused } from "../../ui/State";
import { connectionPaths, useConnection, useConnectionParams } from "../connections/connection";
import type { Token } from "./rotation";
import type { Issued } from "./TokensPage";

interface Props {
  opened: boolean;
  /** The token whose place the new one takes; null: it is one more. */
  old: Token | null;
  close: () => void;
  issued: (made: Issued) => void;
}

/** Asks for what a new token needs, and makes it. */
export function NewTokenDialog({ opened, old, close, issued }: Props) {
  const { t } = useTranslation(["connections", "common"]);
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={old ? t("connections:rotation.title", { name: old.name }) : t("connections:tokens.create")}
      closeButtonProps={{ "aria-label": t("common:actions.close") }}
    >
      <Form old={old} close={close} issued={issued} />
    </Modal>
  );
}

const lifetimes = ["90d", "1y", "2y", "never"] as const;
type Lifetime = (typeof lifetimes)[number] | "same";

function Form({ old, close, issued }: Omit<Props, "opened">) {
  const { t } = useTranslation(["connections", "common"]);
  const { connection } = useConnection();
  const [name, setName] = useState(old?.name ?? "");
  const [lifetime, setLifetime] = useState<Lifetime>(old ? "same" : connection.provider === "entra" ? "never" : "1y");
  const { make, busy, error } = useMake(old, issued);
  const options: Lifetime[] = old ? ["same", ...lifetimes] : [...lifetimes];
  const ends = lifetime === "same" ? old?.expires_at != null : lifetime !== "never";
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        make(name.trim(), lifetime);
      }}
    >
      <Stack>
        {old && <Text>{t("connections:rotation.intro")}</Text>}
        <TextInput
          data-autofocus
          required
          withAsterisk={false}
          maxLength={64}
          label={t("connections:tokens.name")}
          description={t("connections:tokens.name_hint")}
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
          autoComplete="off"
        />
        <Select
          label={t("connections:tokens.lifetime")}
          allowDeselect={false}
          value={lifetime}
          onChange={(value) => setLifetime((value ?? lifetime) as Lifetime)}
          data={options.map((value) => ({ value, label: t(`connections:tokens.lifetimes.${value}`) }))}
        />
        {ends && (
          <Alert color={connection.provider === "entra" ? "yellow" : "gray"} variant="light" icon={<IconAlertTriangle size={18} />}>
            {connection.provider === "entra" ? t("connections:tokens.entra") : t("connections:tokens.ends")}
          </Alert>
        )}
        <Refused error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t("common:actions.cancel")}
          </Button>
          <Button type="submit" loading={busy} disabled={name.trim() === ""}>
            {old ? t("connections:rotation.start") : t("connections:tokens.create")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** useMake makes the token. No cache keeps the answer, which has the secret. */
function useMake(old: Token | null, issued: (made: Issued) => void) {
  const path = useConnectionParams();
  const queries = useQueryClient();
  const done = async (token: Token) => {
    const { secret, ...rest } = token;
    if (secret) issued({ token: rest, secret });
    await refresh(queries, ...connectionPaths);
  };
  const create = api.useMutation("post", "/api/v1/tenants/{tenant}/connections/{connection}/tokens", { gcTime: 0, onSuccess: done });
  const rotate = api.useMutation("post", "/api/v1/tenants/{tenant}/connections/{connection}/tokens/{token}/rotation", { gcTime: 0, onSuccess: done });
  const make = (name: string, lifetime: Lifetime) => {
    if (!old) create.mutate({ params: { path }, body: { name, expires_in: lifetime } });
    else rotate.mutate({ params: { path: { ...path, token: old.id } }, body: { name, ...(lifetime === "same" ? {} : { expires_in: lifetime }) } });
  };
  return { make, busy: create.isPending || rotate.isPending, error: create.error ?? rotate.error };
}
