import { Button, Popover, Stack, TextInput } from "@mantine/core";
import { IconAdjustmentsHorizontal } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import css from "./activity.module.css";
import type { RequestFilters } from "./filters";

/** Filters for when one knows exactly what one looks for. */
export function MoreFilters({ filters, set }: { filters: RequestFilters; set: (change: Partial<RequestFilters>) => void }) {
  const { t } = useTranslation("activity");
  const [opened, open] = useState(false);
  return (
    <Popover opened={opened} onChange={open} trapFocus returnFocus width={320} position="bottom-end" withinPortal>
      <Popover.Target>
        <Button className={css.fit} variant="default" leftSection={<IconAdjustmentsHorizontal size={16} />} onClick={() => open(!opened)}>
          {t("filter.more")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("filter.more")}>{opened && <Fields filters={filters} set={set} close={() => open(false)} />}</Popover.Dropdown>
    </Popover>
  );
}

function Fields({ filters, set, close }: { filters: RequestFilters; set: (change: Partial<RequestFilters>) => void; close: () => void }) {
  const { t } = useTranslation("activity");
  const [person, setPerson] = useState(filters.person);
  const [group, setGroup] = useState(filters.group);
  const [request, setRequest] = useState(filters.request_id);
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        set({ person: person.trim(), group: group.trim(), request_id: request.trim() });
        close();
      }}
    >
      <Stack gap="sm">
        <TextInput label={t("filter.person")} description={t("filter.person_hint")} value={person} maxLength={256} onChange={(e) => setPerson(e.currentTarget.value)} />
        <TextInput label={t("filter.group")} description={t("filter.group_hint")} value={group} maxLength={256} onChange={(e) => setGroup(e.currentTarget.value)} />
        <TextInput label={t("filter.request")} description={t("filter.request_hint")} value={request} maxLength={128} onChange={(e) => setRequest(e.currentTarget.value)} />
        <Button type="submit">{t("filter.apply")}</Button>
      </Stack>
    </form>
  );
}
