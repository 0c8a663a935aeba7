import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { refresh } from "../../api/list";
import { Confirm } from "../../ui/Confirm";
import { Refused } from "../../ui/State";
import { connectionPaths, useConnection, useConnectionParams } from "../connections/connection";
import { useIdp } from "../connections/words";
import type { Rotation } from "./rotation";

interface Props {
  rotation: Rotation;
  how: "finish" | "cancel";
  ended: () => void;
}

/**
 * Ends a rotation. It asks first when the token that would stop is, as far as can
 * be seen, the one in use.
 */
export function EndRotation({ rotation, how, ended }: Props) {
  const { t } = useTranslation("connections");
  const { connection } = useConnection();
  const idp = useIdp()(connection.provider);
  const { end, busy, error, reset } = useEnd(rotation, how, ended);
  const [asking, ask] = useDisclosure(false);
  const { progress } = rotation;
  const harmless = how === "finish" ? progress === "over" : progress === "waiting";
  return (
    <>
      <Button variant={how === "finish" && harmless ? "filled" : "default"} loading={busy} onClick={harmless ? end : ask.open}>
        {t(`rotation.${how}`)}
      </Button>
      {harmless && <Refused error={error} />}
      <Confirm
        opened={asking && !harmless}
        close={() => {
          reset();
          ask.close();
        }}
        title={t(`rotation.${how}_title`)}
        action={t(`rotation.${how}`)}
        danger
        busy={busy}
        error={error}
        confirm={end}
      >
        {how === "finish" ? t(`rotation.finish_${progress === "waiting" ? "waiting" : "both"}`, { idp }) : t("rotation.cancel_used", { idp })}
      </Confirm>
    </>
  );
}

function useEnd({ old, next }: Rotation, how: "finish" | "cancel", ended: () => void) {
  const { t } = useTranslation("connections");
  const path = { ...useConnectionParams(), token: old.id };
  const queries = useQueryClient();
  const options = {
    onSuccess: async () => {
      await refresh(queries, ...connectionPaths);
      ended();
      const [stays, stops] = how === "finish" ? [next, old] : [old, next];
      notifications.show({
        color: "teal",
        message: t(`rotation.${how}_done`, { stays: `${stays.name} (…${stays.last_four})`, stops: `${stops.name} (…${stops.last_four})` }),
      });
    },
  };
  const finish = api.useMutation("post", "/api/v1/tenants/{tenant}/connections/{connection}/tokens/{token}/rotation/finish", options);
  const cancel = api.useMutation("delete", "/api/v1/tenants/{tenant}/connections/{connection}/tokens/{token}/rotation", options);
  const mutation = how === "finish" ? finish : cancel;
  return {
    end: () => mutation.mutate({ params: { path } }),
    busy: mutation.isPending,
    error: mutation.error,
    reset: mutation.reset,
  };
}
