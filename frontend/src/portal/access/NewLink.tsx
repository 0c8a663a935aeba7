import { Alert, Button, Group, Modal, MultiSelect, Select, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconCircleCheck } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { refresh, useList } from "../../api/list";
import { useTenant } from "../../app/tenant";
import { CopyField } from "../../ui/Copy";
import { Refused } from "../../ui/State";
import { useConnections } from "../activity/useConnections";
import { type LinkForm, linkOf } from "./link";
import { useRoleName } from "./Roles";

const expiries = ["1h", "24h", "3d", "7d"] as const;

/** Makes a link that opens the portal once; the link itself is shown this once. */
export function NewLink({ close }: { close: () => void }) {
  const { t } = useTranslation(["common", "access"]);
  const queries = useQueryClient();
  // Without gcTime the link is nowhere once this is closed.
  const create = api.useMutation("post", "/api/v1/tenants/{tenant}/portal-links", {
    gcTime: 0,
    onSuccess: () => refresh(queries, "/api/v1/tenants/{tenant}/portal-links"),
  });
  const { id: tenant } = useTenant();
  const made = create.data;
  return (
    <Modal opened onClose={close} size="lg" title={made ? t("access:new.done") : t("access:new.title")} closeButtonProps={{ "aria-label": t("actions.close") }} closeOnClickOutside={!made}>
      {made?.url ? (
        <Stack>
          <Alert color="teal" variant="light" icon={<IconCircleCheck size={18} />}>
            {t("access:new.once")}
          </Alert>
          <CopyField label={t("access:new.link")} value={made.url} />
          <Group justify="flex-end">
            <Button onClick={close}>{t("access:new.close")}</Button>
          </Group>
        </Stack>
      ) : (
        <Fields close={close} busy={create.isPending} error={create.error} send={(form) => create.mutate({ params: { path: { tenant } }, body: linkOf(form) })} />
      )}
    </Modal>
  );
}

function Fields({ close, busy, error, send }: { close: () => void; busy: boolean; error: unknown; send: (form: LinkForm) => void }) {
  const { t } = useTranslation(["common", "access"]);
  const { name: tenant } = useTenant();
  const connections = useConnections();
  const roles = useRoleOptions();
  const form = useForm<LinkForm>({
    initialValues: { email: "", connection: "all", roles: ["admin"], expires: "24h", inviter: "", note: "" },
    validate: {
      email: (v) => (v.trim() && !/^[^@\s]+@[^@\s]+$/.test(v.trim()) ? t("access:new.email_bad") : null),
      roles: (v) => (v.length === 0 ? t("access:new.roles_none") : null),
    },
  });
  return (
    <form onSubmit={form.onSubmit(send)}>
      <Stack>
        <TextInput data-autofocus type="email" label={t("access:new.email")} description={t("access:new.email_hint")} maxLength={254} {...form.getInputProps("email")} />
        <Select
          label={t("access:new.for")}
          allowDeselect={false}
          data={[{ value: "all", label: t("access:new.for_all", { tenant }) }, ...connections.map((c) => ({ value: c.id, label: c.name }))]}
          {...form.getInputProps("connection")}
        />
        <MultiSelect label={t("access:new.roles")} description={t("access:new.roles_hint")} data={roles} maxValues={20} {...form.getInputProps("roles")} />
        <Select
          label={t("access:new.expires")}
          allowDeselect={false}
          data={expiries.map((e) => ({ value: e, label: t(`access:new.expiry.${e}`) }))}
          {...form.getInputProps("expires")}
        />
        <TextInput label={t("access:new.inviter")} description={t("access:new.inviter_hint")} maxLength={64} {...form.getInputProps("inviter")} />
        <TextInput label={t("access:new.note")} description={t("access:new.note_hint")} maxLength={500} {...form.getInputProps("note")} />
        <Refused error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t("actions.cancel")}
          </Button>
          <Button type="submit" loading={busy}>
            {t("access:new.make")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Roster's own roles for customers, and the vendor's that this tenant can use. */
function useRoleOptions(): { value: string; label: string }[] {
  const name = useRoleName();
  const { id: tenant } = useTenant();
  const roles = useList("/api/v1/tenants/{tenant}/roles", { params: { path: { tenant }, query: { limit: 200 } } });
  const own = ["admin", "viewer"].map((key) => ({ value: key, label: name(key) }));
  return [...own, ...roles.items.filter((r) => !own.some((o) => o.value === r.key)).map((r) => ({ value: r.key, label: r.name }))];
}
