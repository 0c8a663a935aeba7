import { Button } from "@mantine/core";
import { IconArrowRight, IconLock } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh } from "../../api/list";
import { useCan, useSession } from "../../app/session";
import { GoButton, useGo, useTenant, useTenantPath } from "../../app/tenant";
import { PageHeader } from "../../ui/Page";
import { Empty, Refused } from "../../ui/State";
import { NameFields } from "./NameFields";
import { useWho } from "./ReadOnly";
import css from "./setup.module.css";
import { Crumbs } from "./SetupLayout";
import { StepNav } from "./StepNav";
import { focusFault, isTaken, useNameForm } from "./useNameForm";

/** The wizard's first step, before there is a connection. */
export function NewConnectionPage() {
  const { t } = useTranslation("setup");
  const { connection: bound } = useSession();
  const allowed = useCan()("provisioning:create") && !bound;
  return (
    <>
      <Crumbs>{t("new.title")}</Crumbs>
      {allowed && <StepNav current="name" resume="name" connection={null} />}
      <PageHeader title={t("new.title")} text={t("new.text")} />
      {allowed && <NewConnectionForm />}
      {bound ? <Bound connection={bound} /> : !allowed && <NotAllowed />}
    </>
  );
}

function NewConnectionForm() {
  const { t } = useTranslation();
  const { id: tenant } = useTenant();
  const path = useTenantPath();
  const go = useGo();
  const queries = useQueryClient();
  const form = useNameForm(null);
  const create = api.useMutation("post", "/api/v1/tenants/{tenant}/connections", {
    onSuccess: (connection) => {
      void refresh(queries, "/api/v1/tenants/{tenant}/connections", "/api/v1/tenants/{tenant}/health");
      // Back leads to the list then, not to a second connection.
      go(path("connections", connection.id, "setup", "permissions"), { replace: true });
    },
  });
  return (
    <form
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        const body = form.valid();
        if (body) create.mutate({ params: { path: { tenant } }, body });
        else focusFault(e.currentTarget);
      }}
    >
      <NameFields {...form} errors={form.errors(create.error)} />
      {create.error && !isTaken(create.error) && <Refused error={create.error} />}
      <div className={css.buttons}>
        <GoButton to={path("connections")} variant="default">
          {t("actions.cancel")}
        </GoButton>
        <Button type="submit" loading={create.isPending} rightSection={<IconArrowRight size={16} />}>
          {t("actions.continue")}
        </Button>
      </div>
    </form>
  );
}

/** The session is for one connection; the server would make no other. */
function Bound({ connection }: { connection: NonNullable<Schemas["Session"]["connection"]> }) {
  const { t } = useTranslation("setup");
  const path = useTenantPath();
  return (
    <Empty
      icon={<IconLock size={26} stroke={1.6} />}
      title={t("new.bound")}
      text={t("new.bound_text", { connection: connection.name })}
      action={<GoButton to={path("connections", connection.id, "setup")}>{t("new.bound_action", { connection: connection.name })}</GoButton>}
    />
  );
}

function NotAllowed() {
  const { t } = useTranslation("setup");
  const { t: common } = useTranslation();
  const path = useTenantPath();
  const who = useWho();
  return (
    <Empty
      icon={<IconLock size={26} stroke={1.6} />}
      title={t("new.forbidden")}
      text={common("permission.missing", { permission: "provisioning:create", who })}
      action={<GoButton to={path("connections")}>{t("new.list")}</GoButton>}
    />
  );
}
