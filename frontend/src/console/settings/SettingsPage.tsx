import { Button, Fieldset, Group, NumberInput, Radio, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { refresh } from "../../api/list";
import { PageHeader, Section } from "../../ui/Page";
import { Loaded, Refused } from "../../ui/State";
import { BrandingFields } from "../branding/BrandingFields";

/** What holds for the whole installation. */
export function SettingsPage() {
  const { t } = useTranslation("settings");
  const query = api.useQuery("get", "/api/v1/settings", {});
  return (
    <>
      <PageHeader title={t("title")} text={t("text")} />
      <Loaded query={query}>{(settings) => <Form key={JSON.stringify(settings)} settings={settings} />}</Loaded>
    </>
  );
}

function Form({ settings }: { settings: Schemas["Settings"] }) {
  const { t } = useTranslation("settings");
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const update = api.useMutation("patch", "/api/v1/settings", {
    onSuccess: () => {
      notifications.show({ message: t("saved") });
      void refresh(queries, "/api/v1/settings", "/api/v1/session");
    },
  });
  const form = useForm<Schemas["Settings"]>({ initialValues: settings });
  return (
    <form onSubmit={form.onSubmit((body) => update.mutate({ body }))}>
      <Section>
        <Stack gap="lg" maw={680}>
          <Fieldset legend={t("access")}>
            <Radio.Group label={t("access_rule")} {...form.getInputProps("access_rule")}>
              <Stack gap="xs" mt="xs">
                <Radio value="highest" label={t("rule.highest")} description={t("rule.highest_hint")} />
                <Radio value="all" label={t("rule.all")} description={t("rule.all_hint")} />
              </Stack>
            </Radio.Group>
          </Fieldset>
          <Fieldset legend={t("events")}>
            <NumberInput label={t("retention")} description={t("retention_hint")} min={1} max={3650} allowDecimal={false} {...form.getInputProps("events_retention_days")} />
          </Fieldset>
          <Fieldset legend={t("branding.title")}>
            <BrandingFields value={form.values.branding} change={(branding) => form.setFieldValue("branding", { ...form.values.branding, ...branding } as Schemas["Settings"]["branding"])} />
          </Fieldset>
          <Refused error={update.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={form.reset} disabled={!form.isDirty()}>
              {common("actions.reset")}
            </Button>
            <Button type="submit" loading={update.isPending} disabled={!form.isDirty()}>
              {common("actions.save")}
            </Button>
          </Group>
        </Stack>
      </Section>
    </form>
  );
}
