import { Group, Text } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { useCan } from "../../app/session";
import { useTenant } from "../../app/tenant";
import { CopyButton } from "../../ui/Copy";
import { Section } from "../../ui/Page";
import page from "../../ui/page.module.css";
import css from "./activity.module.css";
import { bodyOf, cutOff, tokensOf } from "./body";

type Detail = Schemas["LoggedRequestDetail"];

/** What was sent and answered, beside each other, and how it was kept. */
export function Bodies({ request }: { request: Detail }) {
  const { t } = useTranslation("activity");
  const { name } = useTenant();
  const masked = !useCan()("directory:unmasked");
  const note = request.bodies === "none" ? t("request.note_none", { tenant: name }) : request.bodies === "full" ? t("request.note_full") : t("request.note_redacted");
  return (
    <Section title={t("request.bodies")} text={masked && request.bodies !== "none" ? `${note} ${t("request.note_masked")}` : note}>
      {request.bodies !== "none" && (
        <div className={css.bodies}>
          <Shown title={t("request.sent")} text={request.request_body} />
          <Shown title={t("request.answered")} text={request.response_body} />
        </div>
      )}
    </Section>
  );
}

function Shown({ title, text }: { title: string; text: string | null }) {
  const { t } = useTranslation("activity");
  const body = useMemo(() => (text === null ? null : bodyOf(text)), [text]);
  const tokens = useMemo(() => (body ? tokensOf(body) : []), [body]);
  return (
    <div className={css.body}>
      <Group justify="space-between" mih={34}>
        <Text component="h3" size="sm" fw={650}>
          {title}
        </Text>
        {body && <CopyButton value={body.text} what={title} />}
      </Group>
      {body ? (
        <pre className={page.code} tabIndex={0} aria-label={title}>
          {tokens.map((token, i) => (token.kind === "plain" ? token.text : <span key={i} className={css[token.kind]}>{token.text}</span>))}
        </pre>
      ) : (
        <Text c="dimmed" size="sm">
          {t("request.no_body")}
        </Text>
      )}
      {body && cutOff(body) && (
        <Text size="sm" c="dimmed" mt={4}>
          {t("request.cut")}
        </Text>
      )}
    </div>
  );
}
