import { Radio, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh } from "../../api/list";
import { useGo } from "../../app/tenant";
import { Confirm } from "../../ui/Confirm";
import { connectionPaths, useConnection, useConnectionParams, useConnectionPath } from "./connection";
import { useIdp, useNumber } from "./words";

type Choice = Schemas["PeopleOnDelete"];
const choices: Choice[] = ["keep", "deactivate", "remove"];

/** Asks what shall become of the people, and for the name, and deletes. */
export function DeleteDialog({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useTranslation("connections");
  const { connection } = useConnection();
  const path = useConnectionParams();
  const queries = useQueryClient();
  const go = useGo();
  const overview = useConnectionPath()();
  const number = useNumber();
  const idp = useIdp()(connection.provider);
  const [people, setPeople] = useState<Choice>("keep");
  const { name } = connection;
  const remove = api.useMutation("delete", "/api/v1/tenants/{tenant}/connections/{connection}", {
    onSuccess: async () => {
      await refresh(queries, ...connectionPaths);
      close();
      go(overview); // which begins with how to undo it
      notifications.show({ message: t("delete.done", { name }) });
    },
  });
  const total = connection.people.total;
  const counts = { count: total, total: number(total), active: number(connection.people.active) };
  return (
    <Confirm
      opened={opened}
      close={() => {
        remove.reset();
        close();
      }}
      title={t("delete.title", { name })}
      action={t("delete.action")}
      typed={name}
      danger
      busy={remove.isPending}
      error={remove.error}
      confirm={() => remove.mutate({ params: { path, query: { people, confirm: name } } })}
    >
      <Stack>
        <Text>{t("delete.text", { idp })}</Text>
        {total > 0 && (
          <Radio.Group label={t("delete.people", counts)} value={people} onChange={(value) => setPeople(value as Choice)}>
            <Stack gap="sm" mt="xs">
              {choices.map((choice) => (
                <Radio key={choice} value={choice} label={t(`delete.${choice}.label`)} description={t(`delete.${choice}.text`, counts)} />
              ))}
            </Stack>
          </Radio.Group>
        )}
        <Text size="sm" c="dimmed">
          {t("delete.undo")}
        </Text>
      </Stack>
    </Confirm>
  );
}
