import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconPlus } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh, useList } from "../../api/list";
import { useCan } from "../../app/session";
import { useTenant } from "../../app/tenant";
import { Confirm } from "../../ui/Confirm";
import { Section } from "../../ui/Page";
import { Failed } from "../../ui/State";
import { Time } from "../../ui/Time";
import { useNames } from "../groups/catalogue";
import { GiveRole } from "./GiveRole";
import { nameOf } from "./name";
import { PartSkeleton, ReadMore } from "./parts";
import css from "./people.module.css";

const assignments = "/api/v1/tenants/{tenant}/users/{user}/assignments";
export const users = "/api/v1/tenants/{tenant}/users";

/** Roles that were given to somebody directly, without a group. */
export function Assignments({ user }: { user: Schemas["User"] }) {
  const { t } = useTranslation("people");
  const { id: tenant } = useTenant();
  const can = useCan();
  const names = useNames();
  const [giving, give] = useDisclosure();
  const [taking, setTaking] = useState<Schemas["Assignment"] | null>(null);
  const list = useList(assignments, { params: { path: { tenant, user: user.id } } });
  const may = can("directory:write");
  return (
    <Section
      title={t("assignments.title")}
      text={t("assignments.text")}
      actions={
        may && (
          <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={give.open}>
            {t("assignments.give")}
          </Button>
        )
      }
    >
      {list.isPending && <PartSkeleton rows={2} />}
      {list.error && list.items.length === 0 && <Failed error={list.error} retry={list.retry} />}
      {!list.isPending && !list.error && list.items.length === 0 && <Text c="dimmed">{t("assignments.none")}</Text>}
      <ul className={css.lines}>
        {list.items.map((a) => (
          <li key={a.id}>
            <span className={css.lineText}>
              <strong>{names.at(a)}</strong>
              <span className={css.under}>
                {a.created_by ? t("step.by", { who: a.created_by }) : t("step.by_nobody")} · <Time at={a.created_at} />
              </span>
            </span>
            {may && (
              <Button variant="default" size="xs" onClick={() => setTaking(a)} aria-label={t("assignments.take_what", { role: names.at(a) })}>
                {t("assignments.take")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <ReadMore list={list} />
      {giving && <GiveRole user={user} close={give.close} />}
      {taking && <Take user={user} assignment={taking} close={() => setTaking(null)} />}
    </Section>
  );
}

function Take({ user, assignment, close }: { user: Schemas["User"]; assignment: Schemas["Assignment"]; close: () => void }) {
  const { t } = useTranslation("people");
  const { id: tenant } = useTenant();
  const names = useNames();
  const queries = useQueryClient();
  const words = { name: nameOf(user), role: names.at(assignment) };
  const take = api.useMutation("delete", `${assignments}/{assignment}`, {
    onSuccess: () => {
      void refresh(queries, users);
      notifications.show({ color: "teal", message: t("assignments.taken", words) });
      close();
    },
  });
  return (
    <Confirm
      opened
      danger
      close={close}
      title={t("assignments.take_title", words)}
      action={t("assignments.take")}
      busy={take.isPending}
      error={take.error}
      confirm={() => take.mutate({ params: { path: { tenant, user: user.id, assignment: assignment.id } } })}
    >
      {t("assignments.take_text", words)}
    </Confirm>
  );
}
