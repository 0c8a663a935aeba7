import { Button, type ButtonProps } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { refresh } from "../../api/list";
import { useTenant } from "../../app/tenant";
import { Refused } from "../../ui/State";
import { connectionPaths } from "./connection";

/** Brings a deleted connection back as it was. */
export function Restore({ connection, name, ...button }: { connection: string; name: string } & Pick<ButtonProps, "size" | "variant">) {
  const { t } = useTranslation("connections");
  const { id: tenant } = useTenant();
  const queries = useQueryClient();
  const restore = api.useMutation("post", "/api/v1/tenants/{tenant}/connections/{connection}/restore", {
    onSuccess: async () => {
      await refresh(queries, ...connectionPaths);
      notifications.show({ color: "teal", message: t("restore.done", { name }) });
    },
  });
  return (
    <>
      <Button
        variant="default"
        size="xs"
        {...button}
        leftSection={<IconArrowBackUp size={16} />}
        loading={restore.isPending}
        aria-label={t("restore.label", { name })}
        onClick={() => restore.mutate({ params: { path: { tenant, connection } } })}
      >
        {t("restore.action")}
      </Button>
      <Refused error={restore.error} />
    </>
  );
}
