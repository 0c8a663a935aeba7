import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { useCan } from "../../app/session";
import { CopyButton, CopyField } from "../../ui/Copy";
import { Facts, Section } from "../../ui/Page";
import page from "../../ui/page.module.css";
import { Time } from "../../ui/Time";

/** The SCIM document of somebody as it is stored. */
export function RawTab({ user }: { user: Schemas["User"] }) {
  const { t } = useTranslation("people");
  const can = useCan();
  const text = JSON.stringify(user.attributes ?? {}, null, 2);
  return (
    <Section title={t("raw.title")} text={can("directory:unmasked") ? t("raw.text") : t("raw.masked")} actions={<CopyButton value={text} what={t("raw.title")} />}>
      <CopyField label={t("raw.id")} value={user.id} />
      <Text component="pre" className={page.code} tabIndex={0} role="group" aria-label={t("raw.document")} my="md">
        {text}
      </Text>
      <Facts
        items={[
          [t("raw.created"), <Time key="c" at={user.created_at} exact />],
          [t("raw.updated"), <Time key="u" at={user.updated_at} exact />],
        ]}
      />
    </Section>
  );
}
