import { Alert, Button, Stack, Text } from "@mantine/core";
import { IconShieldCheck, IconShieldX } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { client, type Schemas } from "../../api/client";
import { CopyField } from "../../ui/Copy";
import { Refused } from "../../ui/State";
import type { AuditSource } from "./AuditList";

/** Has the server work out the chain of hashes again, and says what it found. */
export function Verify({ source }: { source: AuditSource }) {
  const { t } = useTranslation("access");
  const verify = useMutation({
    mutationFn: async () => {
      const { data } =
        source === "installation"
          ? await client.GET("/api/v1/audit/verification")
          : await client.GET("/api/v1/tenants/{tenant}/audit/verification", { params: { path: { tenant: source.tenant } } });
      return data;
    },
  });
  return (
    <Stack gap="sm" mb="md" align="flex-start">
      <Button variant="default" leftSection={<IconShieldCheck size={16} />} loading={verify.isPending} onClick={() => verify.mutate()}>
        {t("audit.verify")}
      </Button>
      <Refused error={verify.error} />
      {verify.data && <Found result={verify.data} />}
    </Stack>
  );
}

function Found({ result }: { result: Schemas["AuditVerification"] }) {
  const { t } = useTranslation("access");
  if (!result.ok) {
    return (
      <Alert role="alert" color="red" icon={<IconShieldX size={20} />} title={t("audit.broken_title")}>
        {t("audit.broken", { number: result.first_break })}
      </Alert>
    );
  }
  return (
    <Alert role="status" color="teal" variant="light" w="100%" icon={<IconShieldCheck size={20} />} title={t("audit.verified_title")}>
      <Stack gap="sm">
        <Text c="var(--mantine-color-text)">{t("audit.verified", { count: result.rows })}</Text>
        {result.head && <CopyField label={t("audit.head")} value={result.head} hint={t("audit.head_hint")} />}
      </Stack>
    </Alert>
  );
}
