import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { errorOf } from "../../api/error";
import { refresh } from "../../api/list";
import { useGo } from "../../app/tenant";
import { Confirm } from "../../ui/Confirm";
import { WebhookDialog } from "./WebhookDialog";

/** What can be done with a webhook. */
export function WebhookActions({ webhook }: { webhook: Schemas["Webhook"] }) {
  const { t } = useTranslation("delivery");
  const { t: common } = useTranslation();
  const go = useGo();
  const queries = useQueryClient();
  const [changing, changeDialog] = useDisclosure(false);
  const [deleting, deleteDialog] = useDisclosure(false);
  const params = { path: { webhook: webhook.id } };
  const again = () => refresh(queries, "/api/v1/webhooks");
  const failed = (error: unknown) => notifications.show({ color: "red", message: errorOf(error).detail || common("error.offline") });
  const told = (message: string) => ({ onSuccess: () => (notifications.show({ message }), void again()), onError: failed });
  const pause = api.useMutation("post", "/api/v1/webhooks/{webhook}/pause", told(t("was_paused")));
  const resume = api.useMutation("post", "/api/v1/webhooks/{webhook}/resume", told(t("was_resumed")));
  const test = api.useMutation("post", "/api/v1/webhooks/{webhook}/test", {
    onSuccess: (d) => go(`/console/delivery/${webhook.id}/${d.id}`),
    onError: failed,
  });
  const remove = api.useMutation("delete", "/api/v1/webhooks/{webhook}", {
    onSuccess: () => {
      notifications.show({ message: t("was_deleted") });
      void again();
      go("/console/delivery", { replace: true });
    },
  });
  return (
    <>
      <Button variant="default" loading={test.isPending} onClick={() => test.mutate({ params })}>
        {t("test")}
      </Button>
      {webhook.status === "active" ? (
        <Button variant="default" loading={pause.isPending} onClick={() => pause.mutate({ params })}>
          {t("pause")}
        </Button>
      ) : (
        <Button loading={resume.isPending} onClick={() => resume.mutate({ params })}>
          {t("resume")}
        </Button>
      )}
      <Button variant="default" onClick={changeDialog.open}>
        {common("actions.edit")}
      </Button>
      <Button variant="default" onClick={deleteDialog.open}>
        {common("actions.delete")}
      </Button>
      {changing && <WebhookDialog webhook={webhook} close={changeDialog.close} />}
      <Confirm
        opened={deleting}
        close={deleteDialog.close}
        title={t("delete_title")}
        action={common("actions.delete")}
        danger
        busy={remove.isPending}
        error={remove.error}
        confirm={() => remove.mutate({ params })}
      >
        {t("delete_text")}
      </Confirm>
    </>
  );
}
