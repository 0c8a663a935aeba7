import { Button, Fieldset, Group, NumberInput, Select, Stack, Switch, TagsInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh } from "../../api/list";
import { Section } from "../../ui/Page";
import { Refused } from "../../ui/State";
import { BrandingFields } from "../branding/BrandingFields";
import { changeOf, valuesOf } from "./settings";

/** Name, entitlements, adoption, request log and branding of a customer. */
export function TenantForm({ tenant, readOnly }: { tenant: Schemas["Tenant"]; readOnly: boolean }) {
  const { t } = useTranslation("console");
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const update = api.useMutation("patch", "/api/v1/tenants/{tenant}");
  const form = useForm({ initialValues: valuesOf(tenant), validate: { name: (name) => (name.trim() ? null : t("tenants.name_missing")) } });
  const submit = form.onSubmit((values) => {
    update.mutate(
      { params: { path: { tenant: tenant.id } }, body: changeOf(values) },
      {
        onSuccess: () => {
          notifications.show({ message: t("tenant.saved") });
          void refresh(queries, "/api/v1/tenants", "/api/v1/session");
        },
      },
    );
  });
  return (
    <form onSubmit={submit}>
      <Section title={t("tenant.settings")}>
        <Stack gap="lg" maw={680}>
          <Fieldset legend={t("tenant.general")} disabled={readOnly}>
            <Stack>
              <TextInput required label={t("tenants.name")} maxLength={64} {...form.getInputProps("name")} />
              <TextInput label={t("tenants.external_id")} description={t("tenants.external_id_hint")} maxLength={128} {...form.getInputProps("external_id")} />
            </Stack>
          </Fieldset>
          <Fieldset legend={t("tenant.entitlements")} disabled={readOnly}>
            <Stack>
              <Switch label={t("tenant.scim")} description={t("tenant.scim_hint")} {...form.getInputProps("scim", { type: "checkbox" })} />
              <Switch label={t("tenant.groups")} description={t("tenant.groups_hint")} {...form.getInputProps("groups", { type: "checkbox" })} />
              <NumberInput label={t("tenants.max_connections")} placeholder={t("tenants.unlimited")} min={0} max={1_000_000} allowDecimal={false} {...form.getInputProps("connections")} />
              <NumberInput label={t("tenants.max_seats")} placeholder={t("tenants.unlimited")} min={0} max={100_000_000} allowDecimal={false} {...form.getInputProps("seats")} />
            </Stack>
          </Fieldset>
          <Fieldset legend={t("tenant.adoption")} disabled={readOnly}>
            <Stack>
              <Select
                label={t("tenant.adoption_rule")}
                description={t("tenant.adoption_hint")}
                allowDeselect={false}
                data={(["never", "external_id", "verified_email"] as const).map((value) => ({ value, label: t(`tenant.rule.${value}`) }))}
                {...form.getInputProps("rule")}
              />
              <TagsInput label={t("tenant.domains")} description={t("tenant.domains_hint")} placeholder="acme.com" {...form.getInputProps("domains")} />
            </Stack>
          </Fieldset>
          <Fieldset legend={t("tenant.request_log")} disabled={readOnly}>
            <Stack>
              <Select
                label={t("tenant.bodies")}
                description={t("tenant.bodies_hint")}
                allowDeselect={false}
                data={(["redacted", "full", "none"] as const).map((value) => ({ value, label: t(`tenant.kept.${value}`) }))}
                {...form.getInputProps("bodies")}
              />
              <NumberInput label={t("tenant.retention")} suffix={t("tenant.days")} min={1} max={400} allowDecimal={false} {...form.getInputProps("retention_days")} />
            </Stack>
          </Fieldset>
          <Fieldset legend={t("tenant.branding")} disabled={readOnly}>
            <BrandingFields value={form.values.branding} change={(branding) => form.setFieldValue("branding", branding)} disabled={readOnly} />
          </Fieldset>
          <Refused error={update.error} />
          {!readOnly && (
            <Group justify="flex-end">
              <Button variant="default" onClick={form.reset} disabled={!form.isDirty()}>
                {common("actions.reset")}
              </Button>
              <Button type="submit" loading={update.isPending} disabled={!form.isDirty()}>
                {common("actions.save")}
              </Button>
            </Group>
          )}
        </Stack>
      </Section>
    </form>
  );
}
