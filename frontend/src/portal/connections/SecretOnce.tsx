import { Button, Group, Text } from "@mantine/core";
import { IconCheck, IconDownload, IconEyeOff } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { announce } from "../../ui/announce";
import { CopyField } from "../../ui/Copy";
import css from "./connections.module.css";
import { saveFile, secretFile, secretFileName } from "./secret";

interface Props {
  /** Keep it in a component's state alone, and make it with `gcTime: 0`, so that no cache has it afterwards. */
  secret: string;
  token: string;
  connection: { name: string; base_url: string };
  /** What the identity provider calls it: "API Token". */
  label?: string;
  /** Told when it was copied or downloaded. */
  onSaved?: () => void;
  /** What to do next. */
  children?: ReactNode;
}

/** A token's secret, which nobody can show a second time. */
export function SecretOnce({ secret, token, connection, label, onSaved, children }: Props) {
  const { t } = useTranslation("connections");
  const [saved, setSaved] = useState(false);
  const keep = () => {
    setSaved(true);
    onSaved?.();
  };
  const download = () => {
    const labels = { connection: t("secret.connection"), baseUrl: t("secret.base_url"), token: t("secret.token"), secret: t("secret.secret") };
    const values = { connection: connection.name, baseUrl: connection.base_url, token, secret };
    saveFile(secretFileName(connection.name, token), secretFile(values, labels));
    announce(t("secret.downloaded"));
    keep();
  };
  return (
    <div className={css.secret} data-saved={saved || undefined}>
      <CopyField label={label ?? t("secret.secret")} value={secret} onCopied={keep} />
      <Group justify="space-between" mt="sm" gap="sm">
        <Group gap={8} wrap="nowrap" flex="1 1 16rem" align="flex-start">
          <span className={css.secretIcon} aria-hidden>
            {saved ? <IconCheck size={18} /> : <IconEyeOff size={18} />}
          </span>
          <Text size="sm">{saved ? t("secret.saved") : t("secret.once")}</Text>
        </Group>
        <Button variant="default" leftSection={<IconDownload size={16} />} onClick={download}>
          {t("secret.download")}
        </Button>
      </Group>
      {children}
    </div>
  );
}
