import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconArrowRight, IconKey } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { useCan } from "../../app/session";
import { Go, GoButton, useTenant, useTenantPath } from "../../app/tenant";
import { CopyField } from "../../ui/Copy";
import { Section } from "../../ui/Page";
import { Loaded } from "../../ui/State";
import { SecretOnce } from "../connections/SecretOnce";
import { useWizard } from "./context";
import { onCopyOf } from "./keepers";
import { liveOf, maxLive } from "./lifetimes";
import { LiveTokens, type Token } from "./LiveTokens";
import { StepButtons } from "./StepButtons";
import { StepHeader } from "./StepHeader";
import { TokenForm } from "./TokenForm";

/** Where the identity provider sends to, and what it proves with who it is. */
export function TokenStep() {
  const { t } = useTranslation("setup");
  const { t: common } = useTranslation();
  const { id: tenant } = useTenant();
  const { connection, made } = useWizard();
  const path = useTenantPath();
  const tokens = api.useQuery("get", "/api/v1/tenants/{tenant}/connections/{connection}/tokens", {
    params: { path: { tenant, connection: connection.id }, query: { limit: 100 } },
  });
  const live = liveOf(tokens.data?.items ?? []);
  return (
    <>
      <StepHeader title={t("step.token")} text={t("token.text", { provider: common(`provider.${connection.provider}`) })} />
      <Stack gap="lg">
        <Section title={t("token.address")}>
          <CopyField label={t("token.base_url")} value={connection.base_url} hint={t("token.base_url_text")} />
        </Section>
        <Section title={t("token.title")} text={t("token.title_text")}>
          <Loaded query={tokens}>{() => (made ? <Made live={live} /> : <NotMade live={live} />)}</Loaded>
        </Section>
      </Stack>
      <StepButtons connection={connection.id} back="permissions">
        {live.length > 0 && (
          <GoButton to={path("connections", connection.id, "setup", "guide")} rightSection={<IconArrowRight size={16} />}>
            {common("actions.continue")}
          </GoButton>
        )}
      </StepButtons>
    </>
  );
}

/** The token was made while this wizard is open. */
function Made({ live }: { live: Token[] }) {
  const { t } = useTranslation("setup");
  const { connection, made, save } = useWizard();
  if (!made) return null;
  const others = live.filter(({ id }) => id !== made.id);
  return (
    <Stack>
      <div onCopy={onCopyOf(made.secret, save)}>
        <SecretOnce key={made.id} secret={made.secret} token={made.name} connection={connection} onSaved={save}>
          <Text size="sm" mt="sm">
            {t("token.next")}
          </Text>
        </SecretOnce>
      </div>
      {others.length > 0 && <Others tokens={others} />}
    </Stack>
  );
}

/** There is none, or one that cannot be shown any more. */
function NotMade({ live }: { live: Token[] }) {
  const { t } = useTranslation("setup");
  const allowed = useCan()("provisioning:create");
  const [making, setMaking] = useState(false);
  if (live.length === 0) return allowed ? <TokenForm first /> : <Text c="dimmed">{t("token.none")}</Text>;
  return (
    <Stack>
      <LiveTokens tokens={live} />
      {allowed && (
        <Text size="sm" c="dimmed" maw={640}>
          {t("token.gone")}
        </Text>
      )}
      {allowed && live.length >= maxLive && <Full />}
      {allowed && live.length < maxLive && !making && (
        <Group>
          <Button variant="default" leftSection={<IconKey size={16} />} onClick={() => setMaking(true)}>
            {t("token.make_another")}
          </Button>
        </Group>
      )}
      {making && <TokenForm first={false} cancel={() => setMaking(false)} />}
    </Stack>
  );
}

/** Another token works, too, for as long as nobody revokes it. */
function Others({ tokens }: { tokens: Token[] }) {
  const { t } = useTranslation("setup");
  const { connection } = useWizard();
  const path = useTenantPath();
  return (
    <Stack gap="xs">
      <Text size="sm">
        {t("token.others")} <Go to={path("connections", connection.id, "tokens")}>{t("token.list")}</Go>
      </Text>
      <LiveTokens tokens={tokens} />
    </Stack>
  );
}

function Full() {
  const { t } = useTranslation("setup");
  const { connection } = useWizard();
  const path = useTenantPath();
  return (
    <Alert color="yellow" variant="light" title={t("token.full")}>
      {t("token.full_text")} <Go to={path("connections", connection.id, "tokens")}>{t("token.list")}</Go>
    </Alert>
  );
}
