import { Button, Group, Select, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh } from "../../api/list";
import { Section } from "../../ui/Page";
import { ShownOnce } from "../../ui/ShownOnce";
import { Refused } from "../../ui/State";
import { Time } from "../../ui/Time";

const overlaps = ["0", "1h", "24h", "7d"] as const;

/** The secrets that sign: one, or two while a rotation is under way. */
export function Secrets({ webhook }: { webhook: Schemas["Webhook"] }) {
  const { t } = useTranslation("delivery");
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const [overlap, setOverlap] = useState<string>("24h");
  const [made, setMade] = useState<string | null>(null);
  const again = () => void refresh(queries, "/api/v1/webhooks");
  const rotate = api.useMutation("post", "/api/v1/webhooks/{webhook}/secrets", {
    gcTime: 0,
    onSuccess: (w) => {
      setMade(w.secret ?? null);
      again();
    },
  });
  const remove = api.useMutation("delete", "/api/v1/webhooks/{webhook}/secrets/{secret}", {
    onSuccess: () => {
      notifications.show({ message: t("secret.was_removed") });
      again();
    },
  });
  const path = { webhook: webhook.id };
  return (
    <Section title={t("secret.title")} text={t("secret.text")}>
      <Stack>
        {webhook.secrets.map((secret) => (
          <Group key={secret.id} justify="space-between">
            <Text component="div" size="sm">
              {t("secret.number", { id: secret.id })} <Time at={secret.created_at} />
              {secret.expires_at && (
                <>
                  {" · "}
                  {t("secret.ends")} <Time at={secret.expires_at} />
                </>
              )}
            </Text>
            {webhook.secrets.length > 1 && (
              <Button variant="default" size="xs" loading={remove.isPending} onClick={() => remove.mutate({ params: { path: { ...path, secret: secret.id } } })}>
                {common("actions.remove")}
              </Button>
            )}
          </Group>
        ))}
        <Refused error={rotate.error ?? remove.error} />
        <Group align="flex-end">
          <Select
            label={t("secret.overlap")}
            allowDeselect={false}
            data={overlaps.map((value) => ({ value, label: t(`secret.overlaps.${value}`) }))}
            value={overlap}
            onChange={(value) => setOverlap(value ?? "24h")}
          />
          <Button variant="default" loading={rotate.isPending} disabled={webhook.secrets.length > 1} onClick={() => rotate.mutate({ params: { path }, body: { expires_old_in: overlap } })}>
            {t("secret.rotate")}
          </Button>
        </Group>
      </Stack>
      {made && <ShownOnce title={t("secret.made")} label={t("secret.label")} secret={made} close={() => setMade(null)} />}
    </Section>
  );
}
