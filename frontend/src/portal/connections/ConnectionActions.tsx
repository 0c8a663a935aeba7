import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlayerPause, IconRefresh, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useCan } from "../../app/session";
import { GoButton } from "../../app/tenant";
import { useConnection, useConnectionPath } from "./connection";
import { DeleteDialog } from "./DeleteDialog";
import { PauseDialog, Resume } from "./Pause";
import { tokenTone, tokenWord } from "./wording";

/** What can be done with a connection, by whom may. */
export function ConnectionActions() {
  const { t } = useTranslation("connections");
  const can = useCan();
  const { connection, health } = useConnection();
  const path = useConnectionPath();
  const [pausing, pause] = useDisclosure(false);
  const [deleting, remove] = useDisclosure(false);
  if (connection.status === "deleting") return null;
  const word = tokenWord(health.token);
  const live = word !== "none" && tokenTone(word) !== "bad";
  return (
    <>
      {can("provisioning:create") && connection.status === "paused" && <Resume />}
      {can("provisioning:create") && connection.status === "active" && (
        <Button variant="default" leftSection={<IconPlayerPause size={16} />} onClick={pause.open}>
          {t("pause.action")}
        </Button>
      )}
      {can("provisioning:create") && (
        <GoButton
          variant="default"
          leftSection={<IconRefresh size={16} />}
          to={path("tokens")}
          search={word === "replacing" ? {} : { new: live ? "rotation" : "token" }}
        >
          {live ? t("rotation.action") : t("tokens.create")}
        </GoButton>
      )}
      {can("provisioning:delete") && (
        <Button variant="default" c="light-dark(var(--mantine-color-red-8), var(--mantine-color-red-4))" leftSection={<IconTrash size={16} />} onClick={remove.open}>
          {t("delete.action")}
        </Button>
      )}
      <PauseDialog opened={pausing} close={pause.close} />
      <DeleteDialog opened={deleting} close={remove.close} />
    </>
  );
}
