import { Alert, Stack, TextInput } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { Section } from "../../ui/Page";
import { Sentence } from "../../ui/Sentence";
import { maxName } from "./names";
import { ProviderTiles } from "./ProviderTiles";
import type { Provider } from "./providers";
import { WhichProvider } from "./WhichProvider";

interface Props {
  provider: Provider | null;
  name: string;
  setProvider: (provider: Provider) => void;
  setName: (name: string) => void;
  disabled?: boolean;
  errors: { provider?: string; name?: string };
}

/** Which identity provider it is, and what the connection is called. */
export function NameFields({ provider, name, setProvider, setName, disabled, errors }: Props) {
  const { t } = useTranslation("setup");
  return (
    <Section>
      <Stack gap="lg">
        <ProviderTiles value={provider} onChange={setProvider} disabled={disabled} error={errors.provider} />
        <WhichProvider />
        {provider === "google" && (
          <Alert color="yellow" variant="light" icon={<IconInfoCircle size={18} />} title={t("name.google")}>
            <Sentence text={t("name.google_text")} />
          </Alert>
        )}
        <TextInput
          label={t("name.label")}
          description={t("name.description")}
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
          error={errors.name}
          disabled={disabled}
          required
          maxLength={2 * maxName}
          maw={480}
          autoComplete="off"
        />
      </Stack>
    </Section>
  );
}
