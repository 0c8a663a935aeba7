import { Alert, Stack, Text } from "@mantine/core";
import { IconRoute } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { GoButton } from "../../app/tenant";
import { Cards } from "./Cards";
import { Charts } from "./Charts";
import { useConnection, useConnectionPath } from "./connection";
import { Problems } from "./Problems";
import { RecentCycles } from "./RecentCycles";
import { settingUp, setupOf } from "./wording";

/** How one connection is doing. */
export function OverviewPage() {
  const { health } = useConnection();
  const nothing = health.status === "draft" || health.status === "waiting";
  return (
    <Stack gap="lg">
      {settingUp(health) && <Onwards />}
      <Cards />
      {!nothing && (
        <>
          {health.status !== "deleting" && <Problems />}
          <Charts />
          <RecentCycles />
        </>
      )}
    </Stack>
  );
}

/** Where the set-up goes on, while it is not over. */
function Onwards() {
  const { t } = useTranslation("connections");
  const { health } = useConnection();
  const path = useConnectionPath();
  const testing = health.status === "testing";
  return (
    <Alert variant="light" icon={<IconRoute size={18} />} title={testing ? t("onwards.testing") : t("onwards.title")}>
      <Text mb="sm">{testing ? t("onwards.testing_text") : t("onwards.text")}</Text>
      <GoButton to={path(...setupOf(health))} variant={testing ? "default" : "filled"}>
        {testing ? t("onwards.watch") : t("onwards.action")}
      </GoButton>
    </Alert>
  );
}
