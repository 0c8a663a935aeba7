import { Alert } from "@mantine/core";
import { IconHourglass } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../../api/client";
import { Sentence } from "../../../ui/Sentence";

/** How long one usually waits for the first request of a provider, and what makes it come now. */
export function NothingYet({ provider }: { provider: Schemas["Connection"]["provider"] }) {
  const { t } = useTranslation("setup");
  return (
    <Alert color="yellow" variant="light" icon={<IconHourglass size={18} />} title={t("nothing.title")}>
      <Sentence text={t(`nothing.${provider}`)} />
    </Alert>
  );
}
