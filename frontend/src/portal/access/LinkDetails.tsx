import { Modal, Stack, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { useTenant } from "../../app/tenant";
import { Facts } from "../../ui/Page";
import { Loaded } from "../../ui/State";
import { Time } from "../../ui/Time";
import { Whence } from "./Agent";
import { Roles } from "./Roles";

/** One invitation, and every time that it was opened. */
export function LinkDetails({ id, close }: { id: string; close: () => void }) {
  const { t } = useTranslation(["common", "access"]);
  const { id: tenant } = useTenant();
  const query = api.useQuery("get", "/api/v1/tenants/{tenant}/portal-links/{link}", { params: { path: { tenant, link: id } } });
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={t("access:links.details_label", { who: query.data?.email ?? t("access:anyone") })}
      closeButtonProps={{ "aria-label": t("actions.close") }}
    >
      <Loaded query={query}>{(link) => <Shown link={link} />}</Loaded>
    </Modal>
  );
}

function Shown({ link }: { link: Schemas["PortalLink"] }) {
  const { t } = useTranslation("access");
  const { name: tenant } = useTenant();
  const openings = link.openings ?? [];
  return (
    <Stack>
      <Facts
        items={[
          [t("links.state"), t(`state.${link.state}`)],
          [t("links.roles"), <Roles key="roles" roles={link.roles} />],
          [t("links.for"), link.connection?.name ?? t("sessions.whole", { tenant })],
          [t("links.made"), <Time key="made" at={link.created_at} exact />],
          [t("links.expires"), <Time key="expires" at={link.expires_at} exact />],
          [t("links.inviter"), link.inviter],
          [t("links.return"), link.return_url],
          [t("links.note"), link.note],
        ]}
      />
      <div>
        <Text component="h3" fw={650} mb="xs">
          {t("links.openings")}
        </Text>
        {openings.length === 0 ? (
          <Text c="dimmed">{t("links.no_openings")}</Text>
        ) : (
          <Table.ScrollContainer minWidth={420} type="native" tabIndex={0} role="group" aria-label={t("links.openings")}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t("audit.at")}</Table.Th>
                  <Table.Th>{t("audit.what")}</Table.Th>
                  <Table.Th>{t("sessions.where")}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {openings.map((o, i) => (
                  <Table.Tr key={`${o.at} ${i}`}>
                    <Table.Td>
                      <Time at={o.at} exact />
                    </Table.Td>
                    <Table.Td>{t(`opening.${o.outcome}`)}</Table.Td>
                    <Table.Td>
                      <Whence address={o.address} userAgent={o.user_agent} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </div>
    </Stack>
  );
}
