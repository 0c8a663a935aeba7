import { Button, Menu } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useTenant } from "../../app/tenant";
import { exportOf, type RequestQuery } from "./filters";
import { useConnections } from "./useConnections";

/** Downloads the requests of a connection as the list is filtered; without one, asks of which. */
export function ExportButton({ connection, query }: { connection: string; query: RequestQuery }) {
  const { t } = useTranslation("activity");
  const { id: tenant } = useTenant();
  const connections = useConnections();
  const address = (id: string) => exportOf(`/api/v1/tenants/${tenant}/connections/${id}/requests/export`, query);
  const label = t("requests.export");
  const icon = <IconDownload size={16} />;
  const only = connection || (connections.length === 1 ? connections[0]?.id : undefined);
  if (only) {
    return (
      <Button component="a" href={address(only)} download={`requests-${only}.ndjson`} variant="default" leftSection={icon} title={t("requests.export_hint")}>
        {label}
      </Button>
    );
  }
  if (connections.length === 0) return null;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button variant="default" leftSection={icon} title={t("requests.export_hint")}>
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("requests.export_of")}</Menu.Label>
        {connections.map((c) => (
          <Menu.Item key={c.id} component="a" href={address(c.id)} download={`requests-${c.id}.ndjson`}>
            {c.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
