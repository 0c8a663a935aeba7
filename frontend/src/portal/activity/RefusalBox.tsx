import { Alert, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconHandStop } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { Sentence } from "../../ui/Sentence";

/** Of a request that did not work: why, what to do, and where to click. */
export function RefusalBox({ request }: { request: Schemas["LoggedRequest"] }) {
  const { t } = useTranslation("activity");
  const { outcome, fix, code } = request;
  if (outcome !== "refused" && outcome !== "failed") return null;
  return (
    <Alert
      color={outcome === "refused" ? "red" : "grape"}
      variant="light"
      icon={outcome === "refused" ? <IconHandStop size={20} /> : <IconAlertTriangle size={20} />}
      title={t(`request.${outcome}`)}
    >
      <Stack gap="sm">
        {fix && (
          <>
            <Text c="var(--mantine-color-text)">
              <Sentence text={fix.cause} />
            </Text>
            <Part name={t("request.fix")} text={fix.fix} />
            {fix.where && <Part name={t("request.where")} text={fix.where} label />}
          </>
        )}
        {code && (
          <Text size="sm" c="dimmed">
            {t("request.code", { code })}
          </Text>
        )}
      </Stack>
    </Alert>
  );
}

function Part({ name, text, label = false }: { name: string; text: string; label?: boolean }) {
  return (
    <div>
      <Text size="sm" fw={650}>
        {name}
      </Text>
      <Text c="var(--mantine-color-text)">{label ? <em>{text}</em> : <Sentence text={text} />}</Text>
    </div>
  );
}
