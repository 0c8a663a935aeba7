import { Button, TextInput } from "@mantine/core";
import { IconZoomQuestion } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { useTenant } from "../../app/tenant";
import { Section } from "../../ui/Page";
import { Failed } from "../../ui/State";
import css from "./people.module.css";
import { TraceResult } from "./TraceResult";

/** "Not here?": finds out what became of somebody who is missing. What was asked is in the address. */
export function NotHere({ who, ask }: { who: string; ask: (who: string) => void }) {
  const { t } = useTranslation("people");
  const { id } = useTenant();
  const [text, setText] = useState(who);
  const [seen, setSeen] = useState(who);
  if (who !== seen) {
    setSeen(who);
    setText(who);
  }
  const query = api.useQuery("get", "/api/v1/tenants/{tenant}/trace", { params: { path: { tenant: id }, query: { who } } }, { enabled: who !== "", staleTime: 0 });
  const asked = text.trim();
  const submit = () => (asked === who ? void query.refetch() : ask(asked));
  return (
    <Section title={t("missing.title")} text={t("missing.text")}>
      <form
        className={css.ask}
        onSubmit={(e) => {
          e.preventDefault();
          if (asked) submit();
        }}
      >
        <TextInput
          label={t("missing.label")}
          placeholder={t("missing.hint")}
          value={text}
          maxLength={320}
          autoComplete="off"
          spellCheck={false}
          onChange={(e) => setText(e.currentTarget.value)}
        />
        <Button type="submit" disabled={!asked} loading={query.isFetching} leftSection={<IconZoomQuestion size={16} aria-hidden />}>
          {t("missing.ask")}
        </Button>
        {who && (
          <Button variant="default" onClick={() => ask("")}>
            {t("missing.close")}
          </Button>
        )}
      </form>
      <div aria-live="polite">
        {who && query.data && <TraceResult trace={query.data} />}
        {who && query.error ? <Failed error={query.error} retry={() => void query.refetch()} /> : null}
      </div>
    </Section>
  );
}
