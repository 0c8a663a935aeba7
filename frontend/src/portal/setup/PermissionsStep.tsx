import { Alert, Button, Stack } from "@mantine/core";
import { IconArrowRight, IconInfoCircle } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { refresh } from "../../api/list";
import { useCan } from "../../app/session";
import { useGo, useTenant, useTenantPath } from "../../app/tenant";
import { Section } from "../../ui/Page";
import { Refused } from "../../ui/State";
import { sameScopes, type Scope } from "../connections/scopes";
import { ScopesField } from "../connections/ScopesField";
import { useWizard } from "./context";
import { StepButtons } from "./StepButtons";
import { StepHeader } from "./StepHeader";

/** What the connection may do. */
export function PermissionsStep() {
  const { t } = useTranslation("setup");
  const { t: common } = useTranslation();
  const { id: tenant } = useTenant();
  const { connection } = useWizard();
  const allowed = useCan()("provisioning:create");
  const path = useTenantPath();
  const go = useGo();
  const queries = useQueryClient();
  const [scopes, setScopes] = useState<Scope[]>(connection.scopes);
  const next = () => go(path("connections", connection.id, "setup", "token"));
  const change = api.useMutation("patch", "/api/v1/tenants/{tenant}/connections/{connection}", {
    onSuccess: async () => {
      await refresh(queries, "/api/v1/tenants/{tenant}/connections");
      next();
    },
  });
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        if (!allowed || sameScopes(scopes, connection.scopes)) return next();
        change.mutate({ params: { path: { tenant, connection: connection.id } }, body: { scopes } });
      }}
    >
      <StepHeader title={t("step.permissions")} text={t("permissions.text")} />
      <Section>
        <Stack>
          <WhyDelete on={scopes.includes("users:delete")} />
          <ScopesField value={scopes} onChange={setScopes} disabled={!allowed} />
          {scopes.length === 0 && (
            <Alert color="red" variant="light" role="alert" title={t("permissions.none")}>
              {t("permissions.none_text")}
            </Alert>
          )}
          <Refused error={change.error} />
        </Stack>
      </Section>
      <StepButtons connection={connection.id} back="name">
        <Button type="submit" loading={change.isPending} disabled={scopes.length === 0} rightSection={<IconArrowRight size={16} />}>
          {common("actions.continue")}
        </Button>
      </StepButtons>
    </form>
  );
}

const reasons = ["jumpcloud", "google", "entra", "authentik", "generic"] as const;

/** Some providers take people away by deleting them; the server lets those do so from the start. */
function WhyDelete({ on }: { on: boolean }) {
  const { t } = useTranslation("setup");
  const { provider } = useWizard().connection;
  const reason = reasons.find((r) => r === provider);
  if (!on || !reason) return null;
  return (
    <Alert color="accent" variant="light" icon={<IconInfoCircle size={18} />}>
      {t(`permissions.why_delete.${reason}`)}
    </Alert>
  );
}
