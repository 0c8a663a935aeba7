import { Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { Go, useTenantPath } from "../../app/tenant";
import { CopyButton } from "../../ui/Copy";
import { Facts, Section } from "../../ui/Page";
import page from "../../ui/page.module.css";
import { Time } from "../../ui/Time";
import { duration } from "./format";
import { Subject } from "./RequestList";
import { senderOf } from "./sender";

/** When, by what, from where, and the numbers that find it elsewhere. */
export function RequestFacts({ request: r }: { request: Schemas["LoggedRequest"] }) {
  const { t, i18n } = useTranslation("activity");
  const path = useTenantPath();
  return (
    <Section title={t("request.about")}>
      <Facts
        items={[
          [t("request.at"), <Time key="at" at={r.at} exact />],
          [t("request.subject"), <Subject key="subject" subject={r.subject} />],
          [t("request.connection"), <Go key="c" to={path("connections", r.connection.id)}>{r.connection.name}</Go>],
          [t("request.token"), <Token key="token" token={r.token} />],
          [t("request.from"), <span key="from" className={page.mono}>{r.address}</span>],
          [t("request.sender"), <Sender key="sender" userAgent={r.user_agent} />],
          [t("request.took"), duration(r.duration_ms, i18n.language)],
          [
            t("request.id"),
            <Group key="id" gap={4} wrap="nowrap" align="flex-start">
              <span className={page.mono}>{r.request_id}</span>
              <CopyButton value={r.request_id} what={t("request.id")} />
            </Group>,
          ],
          ...(r.cycle_id
            ? [[t("request.cycle"), <Go key="cycle" to={path("activity", "cycles", r.connection.id, r.cycle_id)}>{t("request.cycle_open")}</Go>] as [string, React.ReactNode]]
            : []),
          ...(r.repeats > 0 ? [[t("request.repeats"), t("request.repeats_text", { count: r.repeats })] as [string, string]] : []),
        ]}
      />
    </Section>
  );
}

function Token({ token }: { token: Schemas["LoggedRequest"]["token"] }) {
  const { t } = useTranslation("activity");
  const hint = token.hint && <span className={page.mono}>{token.hint}</span>;
  if (token.id) {
    return (
      <>
        {token.name} {hint}
      </>
    );
  }
  return (
    <>
      {token.hint ? t("request.unknown_token") : t("request.no_token")} {hint}
    </>
  );
}

function Sender({ userAgent }: { userAgent: string }) {
  const { t } = useTranslation("activity");
  if (!userAgent) return <Text span c="dimmed">{t("request.sender_none")}</Text>;
  const name = senderOf(userAgent);
  return (
    <>
      <span className={page.mono}>{userAgent}</span>
      {name && !userAgent.includes(name) && (
        <Text span c="dimmed" size="sm">
          {" "}
          {t("request.sender_guess", { name })}
        </Text>
      )}
    </>
  );
}
