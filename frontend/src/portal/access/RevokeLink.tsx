import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh } from "../../api/list";
import { useTenant } from "../../app/tenant";
import { Confirm } from "../../ui/Confirm";

/** Asks before a link is made useless. */
export function RevokeLink({ link, close }: { link: Schemas["PortalLink"]; close: () => void }) {
  const { t } = useTranslation(["common", "access"]);
  const { id: tenant } = useTenant();
  const queries = useQueryClient();
  const revoke = api.useMutation("delete", "/api/v1/tenants/{tenant}/portal-links/{link}", {
    onSuccess: async () => {
      notifications.show({ message: t("access:links.revoked") });
      close();
      await refresh(queries, "/api/v1/tenants/{tenant}/portal-links");
    },
  });
  return (
    <Confirm
      opened
      danger
      close={close}
      title={t("access:links.revoke_title")}
      action={t("actions.revoke")}
      busy={revoke.isPending}
      error={revoke.error}
      confirm={() => revoke.mutate({ params: { path: { tenant, link: link.id } } })}
    >
      {t("access:links.revoke_text", { who: link.email ?? t("access:anyone") })}
    </Confirm>
  );
}
