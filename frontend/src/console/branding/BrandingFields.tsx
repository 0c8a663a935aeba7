import { Box, Button, ColorInput, FileButton, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconPhoto } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { shadesOf } from "../../app/color";
import { logoOf } from "./logo";

type Branding = Schemas["BrandingChoice"];

interface Props {
  value: Branding;
  change: (branding: Branding) => void;
  disabled?: boolean;
}

/** How the portal is called and looks; what is left empty is inherited. */
export function BrandingFields({ value, change, disabled = false }: Props) {
  const { t } = useTranslation("settings");
  const [wrong, setWrong] = useState<string | null>(null);
  const choose = async (file: File | null) => {
    if (!file) return;
    const logo = await logoOf(file);
    setWrong(logo.wrong ? t(`branding.wrong.${logo.wrong}`) : null);
    if (logo.data) change({ ...value, logo: logo.data });
  };
  return (
    <Stack>
      <TextInput
        label={t("branding.product_name")}
        description={t("branding.product_name_hint")}
        maxLength={64}
        value={value.product_name ?? ""}
        onChange={(e) => change({ ...value, product_name: e.currentTarget.value || null })}
      />
      <ColorInput
        label={t("branding.accent")}
        description={t("branding.accent_hint")}
        format="hex"
        eyeDropperButtonProps={{ "aria-label": t("branding.pick") }}
        value={value.accent ?? ""}
        onChange={(accent) => change({ ...value, accent: /^#[0-9a-f]{6}$/i.test(accent) ? accent : null })}
        swatches={["#4353d6", "#0b7285", "#2b8a3e", "#c2255c", "#d9480f", "#343a40"]}
      />
      {value.accent && <Sample accent={value.accent} />}
      <div>
        <Text size="sm" fw={500} mb={4}>
          {t("branding.logo")}
        </Text>
        <Group>
          {value.logo && <img src={value.logo} alt={t("branding.logo")} height={36} />}
          <FileButton accept="image/png,image/svg+xml" onChange={(file) => void choose(file)} disabled={disabled}>
            {(props) => (
              <Button {...props} variant="default" leftSection={<IconPhoto size={16} />} disabled={disabled}>
                {t("branding.choose")}
              </Button>
            )}
          </FileButton>
          {value.logo && !disabled && (
            <Button variant="subtle" color="gray" onClick={() => change({ ...value, logo: null })}>
              {t("branding.no_logo")}
            </Button>
          )}
        </Group>
        <Text size="xs" c="dimmed" mt={4}>
          {t("branding.logo_hint")}
        </Text>
        {wrong && (
          <Text size="sm" c="red" role="alert" mt={4}>
            {wrong}
          </Text>
        )}
      </div>
    </Stack>
  );
}

/** How the accent looks on a button; it is made darker where it could not be read. */
function Sample({ accent }: { accent: string }) {
  const { t } = useTranslation("settings");
  return (
    <Box aria-hidden px="md" py="xs" w="fit-content" bg={shadesOf(accent)[6]} c="#ffffff" fw={600} fz="sm" style={{ borderRadius: 8 }}>
      {t("branding.sample")}
    </Box>
  );
}
