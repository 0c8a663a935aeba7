import { ActionIcon, Button, Menu, Text, useMantineColorScheme } from "@mantine/core";
import { IconArrowBackUp, IconCheck, IconDeviceDesktop, IconLogout, IconMoon, IconSun, IconUserCircle } from "@tabler/icons-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";

import { speak } from "../i18n";
import { type Language, languages } from "../i18n/language";
import { useBrand } from "./brand";
import { useSession } from "./session";

const schemes = [
  ["light", IconSun],
  ["dark", IconMoon],
  ["auto", IconDeviceDesktop],
] as const;

/** Who is signed in, how the interface looks and speaks, and the way out. */
export function AccountMenu({ compact = false }: { compact?: boolean }) {
  const { t, i18n } = useTranslation();
  const session = useSession();
  const { productName } = useBrand();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const form = useRef<HTMLFormElement>(null);
  const label = t("session.signed_in_as", { name: session.name });
  return (
    <Menu position="top-end" withinPortal width={240}>
      <Menu.Target>
        {compact ? (
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label}>
            <IconUserCircle size={22} />
          </ActionIcon>
        ) : (
          <Button variant="subtle" color="gray" justify="flex-start" fullWidth leftSection={<IconUserCircle size={20} />} aria-label={label} c="var(--mantine-color-text)">
            <Text span inherit truncate>
              {session.name}
            </Text>
          </Button>
        )}
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("appearance.label")}</Menu.Label>
        {schemes.map(([scheme, Icon]) => (
          <Menu.Item key={scheme} leftSection={<Icon size={16} />} rightSection={colorScheme === scheme && <IconCheck size={16} />} onClick={() => setColorScheme(scheme)} closeMenuOnClick={false}>
            {t(`appearance.${scheme}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t("language")}</Menu.Label>
        {(Object.keys(languages) as Language[]).map((language) => (
          <Menu.Item key={language} lang={language} rightSection={i18n.language === language && <IconCheck size={16} />} onClick={() => void speak(language)} closeMenuOnClick={false}>
            {languages[language]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {session.return_url && (
          <Menu.Item component="a" href={session.return_url} target="_top" leftSection={<IconArrowBackUp size={16} />}>
            {t("session.back", { product: productName })}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => form.current?.submit()}>
          <Text span inherit>
            {t("session.sign_out")}
          </Text>
        </Menu.Item>
      </Menu.Dropdown>
      <form ref={form} method="post" action="/portal/sign-out" hidden />
    </Menu>
  );
}
