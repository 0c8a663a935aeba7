import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import page from "../../ui/page.module.css";
import { browserOf } from "./agent";

/** Where somebody comes from: address, and browser in words. */
export function Whence({ address, userAgent }: { address: string | null; userAgent: string | null }) {
  const { t } = useTranslation("access");
  const browser = userAgent ? browserOf(userAgent) : null;
  return (
    <>
      {address && <span className={page.mono}>{address}</span>}
      {userAgent && (
        <Text size="sm" c="dimmed" title={userAgent}>
          {browser ? t("agent.on", browser) : t("agent.unknown")}
        </Text>
      )}
      {!address && !userAgent && "–"}
    </>
  );
}
