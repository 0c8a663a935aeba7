import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/client";
import { Time } from "../../ui/Time";
import css from "./connections.module.css";
import { duration, tokenTone, tokenWord } from "./wording";

/** What usually lies between two runs of requests: what tells a quiet connection from a broken one. */
export function UsualGap({ seconds }: { seconds: number | null }) {
  const { t, i18n } = useTranslation("connections");
  if (seconds === null) return null;
  return (
    <Text size="sm" c="dimmed">
      {t("usually", { gap: duration(seconds, i18n.language) })}
    </Text>
  );
}

/** A day, where the time of it does not matter. */
export function Day({ at }: { at: string }) {
  const { i18n } = useTranslation();
  return <time dateTime={at}>{new Intl.DateTimeFormat(i18n.language, { dateStyle: "medium" }).format(new Date(at))}</time>;
}

/** What matters about the token that works longest. */
export function TokenText({ token }: { token: Schemas["ConnectionHealth"]["token"] }) {
  const { t } = useTranslation("connections");
  const word = tokenWord(token);
  const dated = word === "expires" || word === "expires_soon";
  return (
    <Text span inherit className={css.tone} data-tone={tokenTone(word)}>
      {t(`token_word.${word}`)} {dated && <Time at={token?.expires_at} />}
    </Text>
  );
}
