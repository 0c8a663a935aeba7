import { Stack, TagsInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { Section } from "../../ui/Page";
import { useConnection, useMayChange } from "./connection";
import { cleanDomains, isDomain, maxDomains, sameDomains } from "./domains";
import { useDraft } from "./draft";
import { SaveBar } from "./SaveBar";
import { useSave } from "./useSave";

/** Whose people the connection may provision. */
export function DomainsForm() {
  const { t } = useTranslation("connections");
  const { connection } = useConnection();
  const mayChange = useMayChange();
  const domains = useDraft<string[]>(connection.domains, sameDomains);
  const { save, busy, error, reset } = useSave(t("settings.domains_done"));
  const wrong = domains.value.filter((d) => !isDomain(d));
  const clear = () => {
    domains.reset();
    reset();
  };
  return (
    <Section title={t("settings.domains")} text={t("settings.domains_text")}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          save({ domains: domains.value }, { onSuccess: clear });
        }}
      >
        <Stack maw="32rem">
          <TagsInput
            label={t("settings.domains_label")}
            description={domains.value.length === 0 ? t("settings.domains_none") : t("settings.domains_some")}
            placeholder={mayChange && domains.value.length === 0 ? "acme.com" : undefined}
            splitChars={[",", " ", ";"]}
            maxTags={maxDomains}
            disabled={!mayChange}
            value={domains.value}
            onChange={(value) => domains.set(cleanDomains(value))}
            error={wrong.length > 0 ? t("settings.domains_wrong", { domains: wrong.join(", ") }) : undefined}
          />
          {mayChange && <SaveBar changed={domains.changed} valid={wrong.length === 0} busy={busy} error={error} reset={clear} />}
        </Stack>
      </form>
    </Section>
  );
}
