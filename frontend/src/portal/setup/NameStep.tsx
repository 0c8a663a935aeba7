import { Alert, Button } from "@mantine/core";
import { IconArrowRight, IconInfoCircle } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { refresh } from "../../api/list";
import { useCan } from "../../app/session";
import { useGo, useTenant, useTenantPath } from "../../app/tenant";
import { Refused } from "../../ui/State";
import { useWizard } from "./context";
import { NameFields } from "./NameFields";
import { StepButtons } from "./StepButtons";
import { StepHeader } from "./StepHeader";
import { focusFault, isTaken, useNameForm } from "./useNameForm";

/** The wizard's first step, once there is a connection. */
export function NameStep() {
  const { t } = useTranslation("setup");
  const { t: common } = useTranslation();
  const { id: tenant } = useTenant();
  const { connection } = useWizard();
  const allowed = useCan()("provisioning:create");
  const path = useTenantPath();
  const go = useGo();
  const queries = useQueryClient();
  const form = useNameForm(connection);
  const next = () => go(path("connections", connection.id, "setup", "permissions"));
  const change = api.useMutation("patch", "/api/v1/tenants/{tenant}/connections/{connection}", {
    onSuccess: async () => {
      await refresh(queries, "/api/v1/tenants/{tenant}/connections", "/api/v1/tenants/{tenant}/health");
      next();
    },
  });
  const moved = form.provider !== connection.provider;
  return (
    <form
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        if (!allowed) return next();
        const body = form.valid();
        if (!body) return focusFault(e.currentTarget);
        if (!moved && body.name === connection.name) return next();
        change.mutate({ params: { path: { tenant, connection: connection.id } }, body });
      }}
    >
      <StepHeader title={t("step.name")} text={t("name.text")} />
      <NameFields {...form} disabled={!allowed} errors={form.errors(change.error)} />
      {moved && (
        <Alert mt="md" color="accent" variant="light" icon={<IconInfoCircle size={18} />}>
          {t("name.moved", { count: connection.people.total })}
        </Alert>
      )}
      {change.error && !isTaken(change.error) && <Refused error={change.error} />}
      <StepButtons connection={connection.id}>
        <Button type="submit" loading={change.isPending} rightSection={<IconArrowRight size={16} />}>
          {common("actions.continue")}
        </Button>
      </StepButtons>
    </form>
  );
}
