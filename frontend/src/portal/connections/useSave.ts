import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh } from "../../api/list";
import { connectionPaths, useConnectionParams } from "./connection";

/** useSave changes the connection; `done` says what the effect is. */
export function useSave(done: string) {
  const path = useConnectionParams();
  const queries = useQueryClient();
  const { t } = useTranslation("connections");
  const { mutate, isPending, error, reset } = api.useMutation("patch", "/api/v1/tenants/{tenant}/connections/{connection}", {
    onSuccess: async () => {
      await refresh(queries, ...connectionPaths);
      notifications.show({ color: "teal", title: t("settings.saved"), message: done });
    },
  });
  return {
    save: (body: Schemas["ConnectionChange"], options?: { onSuccess: () => void }) => mutate({ params: { path }, body }, options),
    busy: isPending,
    error,
    reset,
  };
}
