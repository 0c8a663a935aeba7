import { Button, Skeleton, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { List } from "../../api/list";

/** What has the shape of a part while it is loaded. */
export function PartSkeleton({ rows = 3 }: { rows?: number }) {
  return (
    <Stack gap="xs" aria-busy="true">
      {Array.from({ length: rows }, (_, i) => (
        <Skeleton key={i} h={20} />
      ))}
    </Stack>
  );
}

/** The next page of a short list, by a button. */
export function ReadMore({ list }: { list: Pick<List<unknown>, "hasMore" | "isLoadingMore" | "more"> }) {
  const { t } = useTranslation();
  if (!list.hasMore) return null;
  return (
    <Button variant="default" size="xs" mt="md" loading={list.isLoadingMore} onClick={list.more}>
      {t("actions.more")}
    </Button>
  );
}
