import { Button, Collapse, Stack, Switch, Text } from "@mantine/core";
import { useDisclosure, useId } from "@mantine/hooks";
import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { Section } from "../../ui/Page";
import { advanced, differing, sameSettings, type Setting, type Settings, usual } from "./behaviour";
import { useConnection, useMayChange } from "./connection";
import { useDraft } from "./draft";
import { SaveBar } from "./SaveBar";
import { useSave } from "./useSave";

/** How the connection answers where identity providers contradict each other. */
export function BehaviourForm() {
  const { t } = useTranslation(["connections", "common"]);
  const { connection } = useConnection();
  const mayChange = useMayChange();
  const settings = useDraft<Settings>(connection.settings, sameSettings);
  const { save, busy, error, reset } = useSave(t("connections:settings.behaviour_done"));
  const [open, { toggle }] = useDisclosure(false);
  const id = useId();
  const clear = () => {
    settings.reset();
    reset();
  };
  const box = (key: Setting) => (
    <Switch
      key={key}
      checked={settings.value[key]}
      disabled={!mayChange}
      onChange={(e) => settings.set({ ...settings.value, [key]: e.currentTarget.checked })}
      label={t(`connections:behaviour.${key}.label`)}
      description={settings.value[key] ? t(`connections:behaviour.${key}.on`) : t(`connections:behaviour.${key}.off`)}
    />
  );
  return (
    <Section title={t("connections:settings.behaviour")} text={t("connections:settings.behaviour_text", { provider: t(`common:provider.${connection.provider}`) })}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          save({ settings: differing(connection.settings, settings.value) }, { onSuccess: clear });
        }}
      >
        <Stack>
          {usual.map(box)}
          <div>
            <Button
              variant="subtle"
              size="compact-sm"
              onClick={toggle}
              aria-expanded={open}
              aria-controls={id}
              rightSection={open ? <IconChevronUp size={16} /> : <IconChevronDown size={16} />}
            >
              {t("connections:settings.advanced")}
            </Button>
            <Collapse expanded={open} id={id}>
              <Stack mt="sm">
                <Text size="sm" c="dimmed">
                  {t("connections:settings.advanced_text")}
                </Text>
                {advanced.map(box)}
              </Stack>
            </Collapse>
          </div>
          {mayChange && <SaveBar changed={settings.changed} busy={busy} error={error} reset={clear} />}
        </Stack>
      </form>
    </Section>
  );
}
