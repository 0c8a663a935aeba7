import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import page from "../../ui/page.module.css";
import { Time } from "../../ui/Time";
import type { Seen, Token } from "./rotation";

/** When a token was last used, from where, and by what as it calls itself. */
export function LastUse({ token, seen }: { token: Token; seen: Seen | undefined }) {
  const { t } = useTranslation("connections");
  return (
    <>
      <Time at={token.last_used_at} />
      {token.last_used_at && seen && (
        <Text size="sm" c="dimmed">
          <span className={page.mono}>{seen.address}</span> · {seen.agent || t("tokens.no_agent")}
        </Text>
      )}
    </>
  );
}
