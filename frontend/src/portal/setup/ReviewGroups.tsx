import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { api } from "../../api/client";
import { useCan } from "../../app/session";
import { Go, GoButton, useTenant, useTenantPath } from "../../app/tenant";
import { Section } from "../../ui/Page";
import { Loaded } from "../../ui/State";
import css from "./review.module.css";

/** So many are named; the page of groups has them all. */
const most = 8;

/** Groups that give nobody anything until they are mapped to a role. */
export function ReviewGroups({ connection }: { connection: string }) {
  const { t } = useTranslation("setup");
  const { id: tenant } = useTenant();
  const path = useTenantPath();
  const map = useCan()("roles:map");
  const groups = useUnmapped(tenant, connection);
  return (
    <Section title={t("review.unmapped")} text={t("review.unmapped_text")}>
      <Loaded query={groups}>
        {({ items, next_cursor }) =>
          items.length === 0 ? (
            <Text c="dimmed">{t("review.all_mapped")}</Text>
          ) : (
            <>
              <ul className={css.list}>
                {items.map((group) => (
                  <li key={group.id}>
                    <span>
                      {group.display_name}{" "}
                      <Text span c="dimmed" size="sm">
                        {t("review.members", { count: group.members })}
                      </Text>
                    </span>
                    <Go to={path("groups", group.id)} aria-label={t("review.map_group", { group: group.display_name })}>
                      {map ? t("review.map") : t("review.look")}
                    </Go>
                  </li>
                ))}
              </ul>
              {next_cursor && (
                <GoButton to={path("groups")} search={{ connection, mapped: "false" }} variant="default" mt="sm">
                  {t("review.all_groups")}
                </GoButton>
              )}
            </>
          )
        }
      </Loaded>
    </Section>
  );
}

const useUnmapped = (tenant: string, connection: string) =>
  api.useQuery("get", "/api/v1/tenants/{tenant}/groups", {
    params: { path: { tenant }, query: { connection, mapped: false, limit: most } },
  });
