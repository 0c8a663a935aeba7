import { Alert, Button, Checkbox, Collapse, Fieldset, SimpleGrid, Stack, Text } from "@mantine/core";
import { useDisclosure, useId } from "@mantine/hooks";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import page from "../../ui/page.module.css";
import css from "./connections.module.css";
import { allScopes, lacking, type Scope, scopeKey, scopesOf, withScope } from "./scopes";

interface Props {
  value: readonly Scope[];
  onChange: (scopes: Scope[]) => void;
  disabled?: boolean;
}

/** What a connection may do, each with its consequence in a sentence. */
export function ScopesField({ value, onChange, disabled = false }: Props) {
  const { t } = useTranslation("connections");
  const missing = lacking(value);
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        {(["users", "groups"] as const).map((kind) => (
          <Fieldset key={kind} legend={t(`scopes.${kind}`)}>
            <Stack gap="md">
              {scopesOf[kind].map((scope) => (
                <ScopeBox key={scope} scope={scope} disabled={disabled} on={value.includes(scope)} set={(on) => onChange(withScope(value, scope, on))} />
              ))}
            </Stack>
          </Fieldset>
        ))}
      </SimpleGrid>
      {missing.length > 0 && (
        <Alert color="yellow" variant="light" icon={<IconAlertTriangle size={18} />} title={t("scopes.blind")}>
          {t("scopes.blind_text")}
        </Alert>
      )}
      <Rules value={value} />
    </Stack>
  );
}

function ScopeBox({ scope, on, set, disabled }: { scope: Scope; on: boolean; set: (on: boolean) => void; disabled: boolean }) {
  const { t } = useTranslation("connections");
  const key = scopeKey(scope);
  const harmful = scope === "users:delete" ? on : !on;
  return (
    <Checkbox
      checked={on}
      disabled={disabled}
      onChange={(e) => set(e.currentTarget.checked)}
      label={t(`scopes.${key}.label`)}
      description={
        <span className={css.consequence} data-tone={harmful ? "warn" : undefined}>
          {harmful && <IconAlertTriangle size={14} aria-hidden />}
          <span>{on ? t(`scopes.${key}.with`) : t(`scopes.${key}.without`)}</span>
        </span>
      }
    />
  );
}

/** The same as the rules that are enforced, for those who want to see them. */
function Rules({ value }: { value: readonly Scope[] }) {
  const { t } = useTranslation("connections");
  const [open, { toggle }] = useDisclosure(false);
  const id = useId();
  return (
    <div>
      <Button variant="subtle" size="compact-sm" onClick={toggle} aria-expanded={open} aria-controls={id}>
        {open ? t("scopes.hide_rules") : t("scopes.show_rules")}
      </Button>
      <Collapse expanded={open} id={id}>
        <Text size="sm" c="dimmed" my="xs">
          {t("scopes.rules_text")}
        </Text>
        <pre className={page.code} tabIndex={0}>
          {allScopes.map((s) => `${value.includes(s) ? "allow" : "deny "}  ${s}`).join("\n")}
        </pre>
      </Collapse>
    </div>
  );
}
