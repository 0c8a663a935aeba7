import { Button, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus, IconScale } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { GoButton } from "../../app/tenant";
import { PageHeader, Section } from "../../ui/Page";
import { Loaded } from "../../ui/State";
import { Matrix } from "./Matrix";
import { RoleDialog } from "./RoleDialog";

/** V5: the vendor's roles, and what each of them may do in Roster. */
export function RolesPage() {
  const { t } = useTranslation("roles");
  const [creating, { open, close }] = useDisclosure(false);
  const roles = api.useQuery("get", "/api/v1/roles", { params: { query: { limit: 100 } } });
  const permissions = api.useQuery("get", "/api/v1/permissions", {});
  return (
    <>
      <PageHeader
        title={t("title")}
        text={t("text")}
        actions={
          <>
            <GoButton to="/console/roles/decisions" variant="default" leftSection={<IconScale size={18} />}>
              {t("decision.title")}
            </GoButton>
            <Button leftSection={<IconPlus size={18} />} onClick={open}>
              {t("create")}
            </Button>
          </>
        }
      />
      <Stack gap="lg">
        <Section title={t("matrix.title")} text={t("matrix.text")}>
          <Loaded query={roles}>
            {({ items }) => <Loaded query={permissions}>{(all) => <Matrix roles={items} permissions={all.items} />}</Loaded>}
          </Loaded>
        </Section>
      </Stack>
      {creating && <RoleDialog close={close} />}
    </>
  );
}
