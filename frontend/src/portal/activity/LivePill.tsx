import { Button } from "@mantine/core";
import { IconArrowUp } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import css from "./activity.module.css";

/** Says that something newer waits; it floats, so that nothing is moved by it. */
export function LivePill({ waiting, show }: { waiting: number; show: () => void }) {
  const { t } = useTranslation("activity");
  return (
    <div className={css.pill} role="status">
      {waiting > 0 && (
        <Button size="xs" radius="xl" leftSection={<IconArrowUp size={14} aria-hidden />} onClick={show}>
          {t("live.waiting", { count: waiting })}
        </Button>
      )}
    </div>
  );
}
