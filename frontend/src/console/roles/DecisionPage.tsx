import { Alert, Button, Code, Group, Select, Stack, Text } from "@mantine/core";
import { IconBan, IconCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { useFilters } from "../../app/filters";
import { GoButton } from "../../app/tenant";
import { PageHeader, Section } from "../../ui/Page";
import { Refused } from "../../ui/State";
import { TenantPicker } from "../TenantPicker";
import type { Permission } from "./lines";

/** "May somebody with this role do that there?", and why. */
export function DecisionPage() {
  const { t } = useTranslation("roles");
  const { t: common } = useTranslation();
  const [question, set] = useFilters({ role: "", permission: "", tenant: "" });
  const roles = api.useQuery("get", "/api/v1/roles", { params: { query: { limit: 100 } } });
  const permissions = api.useQuery("get", "/api/v1/permissions", {});
  const check = api.useMutation("post", "/api/v1/authz/check");
  const ask = () =>
    check.mutate({ body: { principal: { roles: [question.role] }, permission: question.permission as Permission, tenant_id: question.tenant || null } });
  return (
    <>
      <PageHeader
        title={t("decision.title")}
        text={t("decision.text")}
        actions={
          <GoButton to="/console/roles" variant="default">
            {common("actions.back")}
          </GoButton>
        }
      />
      <Section>
        <Stack>
          <Group align="flex-end">
            <Select
              label={t("decision.role")}
              searchable
              data={roles.data?.items.map((r) => ({ value: r.key, label: r.name })) ?? []}
              value={question.role || null}
              onChange={(role) => set({ role: role ?? "" })}
              flex="1 1 12rem"
            />
            <Select
              label={t("matrix.permission")}
              searchable
              data={permissions.data?.items.map((p) => p.permission) ?? []}
              value={question.permission || null}
              onChange={(permission) => set({ permission: permission ?? "" })}
              flex="1 1 12rem"
            />
            <TenantPicker label={t("decision.tenant")} value={question.tenant || null} change={(tenant) => set({ tenant: tenant ?? "" })} clearable />
            <Button disabled={!question.role || !question.permission} loading={check.isPending} onClick={ask}>
              {t("decision.ask")}
            </Button>
          </Group>
          <Refused error={check.error} />
          <div aria-live="polite">{check.data && <Answer decision={check.data} />}</div>
        </Stack>
      </Section>
    </>
  );
}

function Answer({ decision }: { decision: Schemas["Decision"] }) {
  const { t } = useTranslation("roles");
  const { allowed, reason, who_can_grant, line } = decision;
  return (
    <Alert
      variant="light"
      color={allowed ? "teal" : "red"}
      icon={allowed ? <IconCheck size={18} /> : <IconBan size={18} />}
      title={t(allowed ? "decision.allowed" : "decision.denied")}
      styles={{ title: { color: "var(--mantine-color-text)" } }}
    >
      <Stack gap="xs">
        <Text>{reason}</Text>
        {who_can_grant && <Text>{who_can_grant}</Text>}
        <div>
          <Text size="sm">{t("decision.line")}</Text>
          <Code>{line ?? t("decision.no_line")}</Code>
        </div>
      </Stack>
    </Alert>
  );
}
