import { Alert, Button, Modal, Stack } from "@mantine/core";
import { IconEyeOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { CopyField } from "./Copy";

/** A secret that nobody can show a second time. Closing forgets it. */
export function ShownOnce({ title, label, secret, close }: { title: string; label: string; secret: string; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={close} title={title} closeOnClickOutside={false} closeButtonProps={{ "aria-label": t("actions.close") }} size="lg">
      <Stack>
        <CopyField label={label} value={secret} />
        <Alert variant="light" color="yellow" icon={<IconEyeOff size={18} />} c="var(--mantine-color-text)">
          {t("once")}
        </Alert>
        <Button onClick={close}>{t("actions.close")}</Button>
      </Stack>
    </Modal>
  );
}
