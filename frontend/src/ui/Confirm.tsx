import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { Refused } from "./State";

interface Props {
  opened: boolean;
  close: () => void;
  title: string;
  /** What will happen, in one or two sentences. */
  children: ReactNode;
  /** What the button does, as a verb. */
  action: string;
  /** A name that must be typed, of what cannot be had back. */
  typed?: string;
  danger?: boolean;
  busy?: boolean;
  error?: unknown;
  confirm: () => void;
}

/** Asks before something happens that matters. */
export function Confirm({ opened, close, title, children, action, typed, danger = false, busy = false, error, confirm }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const right = !typed || text.trim() === typed;
  const leave = () => {
    setText("");
    close();
  };
  return (
    <Modal opened={opened} onClose={leave} title={title} closeButtonProps={{ "aria-label": t("actions.close") }}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          if (right) confirm();
        }}
      >
        <Stack>
          <div>{children}</div>
          {typed && (
            <TextInput
              data-autofocus
              label={t("confirm.type", { name: typed })}
              value={text}
              onChange={(e) => setText(e.currentTarget.value)}
              error={text.length >= typed.length && !right ? t("confirm.mismatch") : undefined}
              autoComplete="off"
              spellCheck={false}
            />
          )}
          <Refused error={error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={leave}>
              {t("actions.cancel")}
            </Button>
            <Button type="submit" color={danger ? "red.8" : undefined} disabled={!right} loading={busy}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
