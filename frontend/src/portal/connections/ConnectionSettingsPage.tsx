import { Button, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useCan } from "../../app/session";
import { CopyField } from "../../ui/Copy";
import { Section } from "../../ui/Page";
import { BehaviourForm } from "./BehaviourForm";
import { useConnection } from "./connection";
import { DeleteDialog } from "./DeleteDialog";
import { DomainsForm } from "./DomainsForm";
import { NameForm } from "./NameForm";
import { ScopesForm } from "./ScopesForm";

/** What a connection is called, what it may do, how it answers, and its end. */
export function ConnectionSettingsPage() {
  const { t } = useTranslation("connections");
  const { connection } = useConnection();
  const can = useCan();
  return (
    <Stack gap="lg">
      <NameForm key={`name ${connection.id}`} />
      <Section title={t("settings.address")} text={t("settings.address_text")}>
        <Stack>
          <CopyField label={t("secret.base_url")} value={connection.base_url} />
          <CopyField label={t("settings.id")} value={connection.id} />
        </Stack>
      </Section>
      <ScopesForm />
      <DomainsForm />
      <BehaviourForm />
      {can("provisioning:delete") && connection.status !== "deleting" && <Delete />}
    </Stack>
  );
}

function Delete() {
  const { t } = useTranslation("connections");
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <Section title={t("delete.section")}>
      <Text mb="md">{t("delete.section_text")}</Text>
      <Button color="red.8" leftSection={<IconTrash size={16} />} onClick={open}>
        {t("delete.open")}
      </Button>
      <DeleteDialog opened={opened} close={close} />
    </Section>
  );
}
