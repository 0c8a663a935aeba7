import { Button, Group } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { Refused } from "../../ui/State";

/** Save and reset of a form that was changed, and why it was not saved. */
export function SaveBar({ changed, valid = true, busy, error, reset }: { changed: boolean; valid?: boolean; busy: boolean; error: unknown; reset: () => void }) {
  const { t } = useTranslation();
  return (
    <>
      <Refused error={error} />
      <Group>
        <Button type="submit" disabled={!changed || !valid} loading={busy}>
          {t("actions.save")}
        </Button>
        {changed && (
          <Button variant="default" onClick={reset}>
            {t("actions.reset")}
          </Button>
        )}
      </Group>
    </>
  );
}
