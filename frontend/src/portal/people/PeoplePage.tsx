import { Button, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconUserPlus, IconUsers } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useList } from "../../api/list";
import { useFilters } from "../../app/filters";
import { useCan } from "../../app/session";
import { GoButton, useTenant, useTenantPath } from "../../app/tenant";
import { useBrand } from "../../app/brand";
import { DataList } from "../../ui/DataList";
import { PageHeader } from "../../ui/Page";
import { Empty } from "../../ui/State";
import { looksForSomebody, noFilters, queryOf } from "./filters";
import { NotHere } from "./NotHere";
import { PeopleFilterBar } from "./PeopleFilterBar";
import { usePeopleColumns } from "./usePeopleColumns";
import { UserForm } from "./UserForm";

const defaults = { ...noFilters, who: "" };

/** Everybody in the tenant's directories, and a way to find out why somebody is not. */
export function PeoplePage() {
  const { t } = useTranslation("people");
  const { productName } = useBrand();
  const { id } = useTenant();
  const can = useCan();
  const [{ who, ...filters }, set] = useFilters(defaults);
  const [creating, form] = useDisclosure();
  const list = useList("/api/v1/tenants/{tenant}/users", { params: { path: { tenant: id }, query: queryOf(filters) } });
  const columns = usePeopleColumns();
  const narrowed = Object.values(filters).some((value) => value !== "");
  const nobody = narrowed && !list.isPending && !list.error && list.items.length === 0;
  return (
    <>
      <PageHeader
        title={t("list.title")}
        text={t("list.text", { product: productName })}
        actions={
          can("directory:write") && (
            <Button variant="default" leftSection={<IconUserPlus size={16} aria-hidden />} onClick={form.open}>
              {t("list.create")}
            </Button>
          )
        }
      />
      <Stack gap="md">
        <NotHere who={who} ask={(text) => set({ who: text })} />
        <PeopleFilterBar filters={filters} set={set} reset={() => set(noFilters)} narrowed={narrowed} />
        {nobody ? (
          <Nobody searched={looksForSomebody(filters) ? filters.q.trim() : ""} asked={who} ask={(text) => set({ who: text })} reset={() => set(noFilters)} />
        ) : (
          <DataList label={t("list.title")} columns={columns} list={list} rowKey={(user) => user.id} empty={<NobodyYet />} />
        )}
      </Stack>
      {creating && <UserForm close={form.close} />}
    </>
  );
}

function NobodyYet() {
  const { t } = useTranslation("people");
  const path = useTenantPath();
  return (
    <Empty
      icon={<IconUsers size={26} stroke={1.6} />}
      title={t("list.none")}
      text={t("list.none_text")}
      action={<GoButton to={path("connections")}>{t("list.none_action")}</GoButton>}
    />
  );
}

/** Nobody fits: where one person was looked for, the next step is to find out why. */
function Nobody({ searched, asked, ask, reset }: { searched: string; asked: string; ask: (who: string) => void; reset: () => void }) {
  const { t } = useTranslation("people");
  const why = () => {
    ask(searched);
    window.scrollTo({ top: 0 });
  };
  return (
    <Empty
      title={searched ? t("list.nobody", { who: searched }) : t("list.nothing_found")}
      text={searched ? t("list.nobody_text") : t("list.nothing_found_text")}
      action={
        <>
          {searched && searched !== asked && <Button onClick={why}>{t("list.find_out")}</Button>}
          <Button variant="default" onClick={reset}>
            {t("list.reset")}
          </Button>
        </>
      }
    />
  );
}
