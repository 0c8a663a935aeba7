import { Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { api, type Schemas } from "../../api/client";
import { useList } from "../../api/list";
import { Go, GoButton, useTenant, useTenantPath } from "../../app/tenant";
import { Facts, Section } from "../../ui/Page";
import { Failed, Loaded } from "../../ui/State";
import { Tag } from "../../ui/Status";
import { useNames } from "../groups/catalogue";
import { AttributeSections } from "./AttributeSections";
import css from "./people.module.css";
import { PartSkeleton, ReadMore } from "./parts";
import { holds, placesOf } from "./why";

/** What is known of somebody now: roles, groups, and attributes. */
export function NowTab({ user }: { user: Schemas["User"] }) {
  return (
    <div className={css.columns}>
      <AttributeSections document={user.attributes ?? {}} />
      <Stack gap="md">
        <Roles user={user} />
        <Groups user={user.id} />
      </Stack>
    </div>
  );
}

function Roles({ user }: { user: Schemas["User"] }) {
  const { t } = useTranslation("people");
  const { id: tenant } = useTenant();
  const path = useTenantPath();
  const names = useNames();
  const query = api.useQuery("get", "/api/v1/tenants/{tenant}/users/{user}/access", { params: { path: { tenant, user: user.id } } });
  return (
    <Section title={t("now.roles")} actions={<GoButton to={path("people", user.id, "why")} variant="default" size="xs">{t("now.why")}</GoButton>}>
      <Loaded query={query} skeleton={<PartSkeleton />}>
        {({ access }) =>
          access.some(holds) ? (
            <Facts items={placesOf(access).map((p) => [names.place(p.entryPoint), p.held.map((l) => l.role.name).join(", ")])} />
          ) : (
            <span>{user.active ? t("now.no_role") : t("now.no_role_inactive")}</span>
          )
        }
      </Loaded>
    </Section>
  );
}

function Groups({ user }: { user: string }) {
  const { t } = useTranslation("people");
  const { id: tenant } = useTenant();
  const path = useTenantPath();
  const list = useList("/api/v1/tenants/{tenant}/users/{user}/groups", { params: { path: { tenant, user } } });
  return (
    <Section title={t("now.groups")}>
      {list.isPending && <PartSkeleton />}
      {list.error && list.items.length === 0 && <Failed error={list.error} retry={list.retry} />}
      {!list.isPending && !list.error && list.items.length === 0 && <span>{t("now.no_groups")}</span>}
      <ul className={css.lines}>
        {list.items.map((group) => (
          <li key={group.id}>
            <span className={css.lineText}>
              <Go to={path("groups", group.id)}>{group.display_name}</Go>
            </span>
            {!group.direct && <Tag color="gray" text={t("now.nested")} />}
          </li>
        ))}
      </ul>
      <ReadMore list={list} />
    </Section>
  );
}
