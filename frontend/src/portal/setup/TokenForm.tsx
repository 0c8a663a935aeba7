import { Alert, Button, Group, Radio, Stack, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconKey } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { client } from "../../api/client";
import { refresh } from "../../api/list";
import { useTenant } from "../../app/tenant";
import { Refused } from "../../ui/State";
import { useWizard } from "./context";
import { endsAt, type Lifetime, lifetimes, usualLifetime, warningOf } from "./lifetimes";

/** Makes a token. Its secret goes into the wizard's memory and into no cache. */
export function TokenForm({ first, cancel }: { first: boolean; cancel?: () => void }) {
  const { t, i18n } = useTranslation("setup");
  const { t: common } = useTranslation();
  const { connection } = useWizard();
  const [name, setName] = useState(t(first ? "token.first" : "token.another"));
  const [lifetime, setLifetime] = useState<Lifetime>(usualLifetime(connection.provider));
  const [opened] = useState(() => new Date());
  const make = useNewToken();
  const ends = endsAt(lifetime, opened);
  const provider = common(`provider.${connection.provider}`);
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        if (name.trim()) make.mutate({ name: name.trim(), expires_in: lifetime });
      }}
    >
      <Stack>
        <TextInput
          label={t("token.name")}
          description={t("token.name_text")}
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
          error={name.trim() ? undefined : t("name.fault.missing")}
          maxLength={64}
          maw={420}
          required
          autoComplete="off"
        />
        <Radio.Group label={t("token.expires")} value={lifetime} onChange={(value) => setLifetime(value as Lifetime)}>
          <Group gap="lg" mt="xs">
            {lifetimes.map((l) => (
              <Radio key={l} value={l} label={t(`token.lifetime.${l}`)} />
            ))}
          </Group>
        </Radio.Group>
        {ends ? (
          <Alert color="yellow" variant="light" icon={<IconAlertTriangle size={18} />} title={t("token.ends", { date: new Intl.DateTimeFormat(i18n.language, { dateStyle: "long" }).format(ends) })}>
            {t(`token.warning.${warningOf(connection.provider)}`, { provider })}
          </Alert>
        ) : (
          <Text size="sm" c="dimmed">
            {t("token.never")}
          </Text>
        )}
        <Refused error={make.error} />
        <Group>
          <Button type="submit" loading={make.isPending} leftSection={<IconKey size={16} />}>
            {t("token.make")}
          </Button>
          {cancel && (
            <Button variant="default" onClick={cancel}>
              {common("actions.cancel")}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}

function useNewToken() {
  const { id: tenant } = useTenant();
  const { connection, setMade } = useWizard();
  const queries = useQueryClient();
  return useMutation({
    gcTime: 0,
    mutationFn: async (body: { name: string; expires_in: Lifetime }) => {
      const { data } = await client.POST("/api/v1/tenants/{tenant}/connections/{connection}/tokens", {
        params: { path: { tenant, connection: connection.id } },
        body,
      });
      // Nothing is returned: what a mutation returns is kept for a while.
      if (data?.secret) setMade({ id: data.id, name: data.name, secret: data.secret });
    },
    onSuccess: () => refresh(queries, "/api/v1/tenants/{tenant}/connections", "/api/v1/tenants/{tenant}/health"),
  });
}
