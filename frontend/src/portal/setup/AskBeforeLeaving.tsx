import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import { useRef } from "react";
import { useTranslation } from "react-i18next";

import { CopyField } from "../../ui/Copy";
import { useWizard } from "./context";
import { mustAsk, stepAt } from "./steps";

/** Asks once before a token is left behind that nobody has kept. */
export function AskBeforeLeaving({ wizard }: { wizard: string }) {
  const { t } = useTranslation("setup");
  const { t: common } = useTranslation();
  const { made, saved, save } = useWizard();
  const asked = useRef<string | null>(null);
  const { status, next, proceed, reset } = useBlocker({
    withResolver: true,
    disabled: !made || saved,
    enableBeforeUnload: () => Boolean(made) && !saved,
    shouldBlockFn: ({ current, next }) => {
      const ask = mustAsk({
        secret: Boolean(made),
        saved,
        asked: asked.current === made?.id,
        from: stepAt(current.pathname, wizard),
        to: stepAt(next.pathname, wizard),
      });
      if (ask) asked.current = made?.id ?? null;
      return ask;
    },
  });
  const inside = status === "blocked" && stepAt(next.pathname, wizard) !== null;
  return (
    <Modal opened={status === "blocked"} onClose={() => reset?.()} title={t("leave.title")} closeButtonProps={{ "aria-label": common("actions.close") }}>
      <Stack>
        <Text>{inside ? t("leave.inside") : t("leave.outside")}</Text>
        {made && <CopyField label={made.name} value={made.secret} onCopied={save} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={() => proceed?.()} data-leave>
            {inside ? t("leave.on") : t("leave.go")}
          </Button>
          <Button onClick={() => reset?.()} data-autofocus>
            {t("leave.stay")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
