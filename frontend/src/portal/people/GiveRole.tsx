import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh } from "../../api/list";
import { useTenant } from "../../app/tenant";
import { Refused } from "../../ui/State";
import { everywhere, useNames, useRoles } from "../groups/catalogue";
import { PlaceSelect } from "../groups/PlaceSelect";
import { RoleSelect } from "../groups/RoleSelect";
import { nameOf } from "./name";

/** Gives somebody a role directly. */
export function GiveRole({ user, close }: { user: Schemas["User"]; close: () => void }) {
  const { t } = useTranslation("people");
  const { t: c } = useTranslation();
  const { id: tenant } = useTenant();
  const names = useNames();
  const queries = useQueryClient();
  const roles = useRoles();
  const [place, setPlace] = useState(everywhere);
  const [role, setRole] = useState("");
  const give = api.useMutation("post", "/api/v1/tenants/{tenant}/users/{user}/assignments", {
    onSuccess: (assignment) => {
      void refresh(queries, "/api/v1/tenants/{tenant}/users");
      notifications.show({ color: "teal", message: t("assignments.given", { name: nameOf(user), role: names.at(assignment) }) });
      close();
    },
  });
  const description = roles?.find((r) => r.key === role)?.description;
  return (
    <Modal opened onClose={close} title={t("assignments.give_title", { name: nameOf(user) })} closeButtonProps={{ "aria-label": c("actions.close") }}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          if (role) give.mutate({ params: { path: { tenant, user: user.id } }, body: { entry_point: place, role } });
        }}
      >
        <Stack>
          <RoleSelect value={role} onChange={setRole} direct />
          {description && (
            <Text size="sm" c="dimmed">
              {description}
            </Text>
          )}
          <PlaceSelect value={place} onChange={setPlace} />
          {!user.active && <Text size="sm">{t("assignments.inactive")}</Text>}
          <Refused error={give.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {c("actions.cancel")}
            </Button>
            <Button type="submit" disabled={!role} loading={give.isPending}>
              {t("assignments.give")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
