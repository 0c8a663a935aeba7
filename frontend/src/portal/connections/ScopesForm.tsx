import { Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { Section } from "../../ui/Page";
import { useConnection, useMayChange } from "./connection";
import { useDraft } from "./draft";
import { SaveBar } from "./SaveBar";
import { sameScopes, type Scope } from "./scopes";
import { ScopesField } from "./ScopesField";
import { useSave } from "./useSave";

/** What the connection may do. */
export function ScopesForm() {
  const { t } = useTranslation("connections");
  const { connection } = useConnection();
  const mayChange = useMayChange();
  const scopes = useDraft<Scope[]>(connection.scopes, sameScopes);
  const { save, busy, error, reset } = useSave(t("settings.scopes_done"));
  const clear = () => {
    scopes.reset();
    reset();
  };
  return (
    <Section title={t("settings.scopes")} text={t("settings.scopes_text")}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          save({ scopes: scopes.value }, { onSuccess: clear });
        }}
      >
        <Stack>
          <ScopesField value={scopes.value} onChange={scopes.set} disabled={!mayChange} />
          {mayChange && <SaveBar changed={scopes.changed} busy={busy} error={error} reset={clear} />}
        </Stack>
      </form>
    </Section>
  );
}
