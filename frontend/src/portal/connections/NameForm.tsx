import { Alert, Select, Stack, TextInput } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { Section } from "../../ui/Page";
import { providers } from "../setup/providers";
import { useConnection, useMayChange } from "./connection";
import { useDraft } from "./draft";
import { SaveBar } from "./SaveBar";
import { useSave } from "./useSave";

/** Name and identity provider. */
export function NameForm() {
  const { t } = useTranslation(["connections", "common"]);
  const { connection } = useConnection();
  const mayChange = useMayChange();
  const name = useDraft(connection.name, (a, b) => a.trim() === b);
  const provider = useDraft(connection.provider, Object.is);
  const { save, busy, error, reset } = useSave(t("connections:settings.name_done"));
  const clear = () => {
    name.reset();
    provider.reset();
    reset();
  };
  const submit = () =>
    save({ ...(name.changed && { name: name.value.trim() }), ...(provider.changed && { provider: provider.value }) }, { onSuccess: clear });
  return (
    <Section title={t("connections:settings.name")}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          submit();
        }}
      >
        <Stack maw="32rem">
          <TextInput
            label={t("connections:settings.name_label")}
            description={t("connections:settings.name_hint")}
            maxLength={64}
            disabled={!mayChange}
            value={name.value}
            onChange={(e) => name.set(e.currentTarget.value)}
            error={name.value.trim() === "" ? t("connections:settings.name_empty") : undefined}
            autoComplete="off"
          />
          <Select
            label={t("connections:settings.provider")}
            allowDeselect={false}
            disabled={!mayChange}
            value={provider.value}
            onChange={(value) => value && provider.set(value)}
            data={providers.map((value) => ({ value, label: t(`common:provider.${value}`) }))}
          />
          {provider.changed && (
            <Alert color="yellow" variant="light" icon={<IconInfoCircle size={18} />}>
              {t("connections:settings.provider_change", { from: t(`common:provider.${connection.provider}`), to: t(`common:provider.${provider.value}`) })}
            </Alert>
          )}
          {mayChange && <SaveBar changed={name.changed || provider.changed} valid={name.value.trim() !== ""} busy={busy} error={error} reset={clear} />}
        </Stack>
      </form>
    </Section>
  );
}
