import { ActionIcon, Text, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { announce } from "./announce";
import css from "./page.module.css";

/** What somebody has copied is told to screen readers, too. */
export function CopyButton({ value, what, onCopied }: { value: string; what: string; onCopied?: () => void }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    await toClipboard(value);
    setCopied(true);
    announce(t("actions.copied"));
    onCopied?.();
  };
  return (
    <Tooltip label={copied ? t("actions.copied") : t("actions.copy")}>
      <ActionIcon variant="subtle" color={copied ? "teal" : "gray"} aria-label={t("aria.copy", { what })} onClick={() => void copy()}>
        {copied ? <IconCheck size={18} /> : <IconCopy size={18} />}
      </ActionIcon>
    </Tooltip>
  );
}

/** toClipboard also works in a frame that may not use the clipboard's own interface. */
async function toClipboard(text: string) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

/** A value that is to be pasted elsewhere, under the name that it has there. */
export function CopyField({ label, value, hint, onCopied }: { label: string; value: string; hint?: string; onCopied?: () => void }) {
  return (
    <div>
      <Text component="div" size="sm" fw={600} mb={4}>
        {label}
      </Text>
      <div className={css.copy}>
        <Text component="div" className={`${css.mono} ${css.copyValue}`} data-copy={label}>
          {value}
        </Text>
        <CopyButton value={value} what={label} onCopied={onCopied} />
      </div>
      {hint && (
        <Text size="xs" c="dimmed" mt={4}>
          {hint}
        </Text>
      )}
    </div>
  );
}
