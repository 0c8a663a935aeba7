import { Alert, Anchor, SegmentedControl, Stack } from "@mantine/core";
import { IconArrowRight, IconEyeOff } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { refresh } from "../../api/list";
import { useFilters } from "../../app/filters";
import { useCan } from "../../app/session";
import { Go, GoButton, useTenant, useTenantPath } from "../../app/tenant";
import { PageSkeleton, Section } from "../../ui/Page";
import { Failed } from "../../ui/State";
import { ProviderGuide, roads } from "../guides";
import { Checklist, type Setup, useSetup } from "./checklist";
import { useWizard } from "./context";
import { onCopyOf } from "./keepers";
import css from "./setup.module.css";
import { StepButtons } from "./StepButtons";
import { StepHeader } from "./StepHeader";

/** What to do at the identity provider, beside what has arrived from it. */
export function GuideStep() {
  const { t } = useTranslation("setup");
  const { t: common } = useTranslation();
  const { id: tenant } = useTenant();
  const { connection } = useWizard();
  const path = useTenantPath();
  const { setup, ticked, line, error } = useSetup(tenant, connection.id);
  useFreshStatus(setup);
  const provider = common(`provider.${connection.provider}`);
  return (
    <>
      <StepHeader title={t("guide.title", { provider })} text={t("guide.text", { provider })} />
      {setup && (
        <Anchor href="#checklist" className={css.jump} mb="md" size="sm">
          {t("guide.jump", { done: setup.done, total: setup.total })}
        </Anchor>
      )}
      <div className={css.guide}>
        <Steps setup={setup} />
        <aside className={css.aside} id="checklist" aria-label={t("checklist.title")} tabIndex={0}>
          {setup ? (
            <Checklist setup={setup} ticked={ticked} line={line} failing={Boolean(error)} />
          ) : (
            <Section>{error ? <Failed error={error} /> : <PageSkeleton rows={8} />}</Section>
          )}
        </aside>
      </div>
      <StepButtons connection={connection.id} back="token">
        <GoButton to={path("connections", connection.id, "setup", "review")} rightSection={<IconArrowRight size={16} />}>
          {common("actions.continue")}
        </GoButton>
      </StepButtons>
    </>
  );
}

function Steps({ setup }: { setup: Setup | null }) {
  const { t } = useTranslation("setup");
  const { connection, made, save } = useWizard();
  const ways = roads[connection.provider];
  const usual = ways[0]?.id ?? "";
  const [{ road }, set] = useFilters({ road: usual });
  const way = ways.some(({ id }) => id === road) ? road : usual;
  const values = {
    name: connection.name,
    baseUrl: connection.base_url,
    token: made?.secret ?? null,
    entraUrl: connection.provider === "entra" ? `${connection.base_url}?aadOptscim062020` : undefined,
  };
  return (
    <Section title={t("guide.steps")}>
      <Stack gap="lg" onCopy={onCopyOf(made?.secret, save)}>
        {ways.length > 1 && <Roads ways={ways} value={way} onChange={(road) => set({ road })} />}
        {!made && setup && !setup.steps.some(({ step, done_at }) => step === "credentials_accepted" && done_at) && <Gone />}
        <ProviderGuide provider={connection.provider} road={way} values={values} onTokenCopied={save} />
      </Stack>
    </Section>
  );
}

/** A provider may have several ways to set it up; which one is in the address. */
function Roads({ ways, value, onChange }: { ways: { id: string }[]; value: string; onChange: (road: string) => void }) {
  const { t } = useTranslation(["setup", "guides"]);
  // The guides name their own roads.
  const label = (id: string) => t(`guides:road.${id}` as "guides:road.default");
  return (
    <SegmentedControl
      aria-label={t("guide.road")}
      value={value}
      onChange={onChange}
      data={ways.map(({ id }) => ({ value: id, label: label(id) }))}
      fullWidth
    />
  );
}

/** The token was shown before this page was opened, and cannot be shown again. */
function Gone() {
  const { t } = useTranslation("setup");
  const { connection } = useWizard();
  const path = useTenantPath();
  const allowed = useCan()("provisioning:create");
  return (
    <Alert color="gray" variant="light" icon={<IconEyeOff size={18} />} title={t("guide.gone")}>
      {t("guide.gone_text")} {allowed && <Go to={path("connections", connection.id, "setup", "token")}>{t("guide.gone_action")}</Go>}
    </Alert>
  );
}

/** useFreshStatus has the status above the steps follow what the checklist says. */
function useFreshStatus(setup: Setup | null) {
  const queries = useQueryClient();
  const known = useRef<string | null>(null);
  const status = setup?.status ?? null;
  useEffect(() => {
    const before = known.current;
    known.current = status;
    if (before && status && before !== status) void refresh(queries, "/api/v1/tenants/{tenant}/connections/{connection}/health");
  }, [status, queries]);
}
