import { Alert, Button, Group, Text, Title, type TitleOrder } from "@mantine/core";
import { IconAlertTriangle, IconCloudOff, IconInbox, IconLock, IconMapOff, IconRefresh } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { type ApiError, errorOf } from "../api/error";
import css from "./page.module.css";
import { PageSkeleton } from "./Page";

interface EmptyProps {
  title: string;
  /** Of the heading: 1 where there is nothing else on the page. */
  order?: TitleOrder;
  text?: ReactNode;
  /** The next step. */
  action?: ReactNode;
  icon?: ReactNode;
}

/** Nothing is there yet: says why, and what to do next. */
export function Empty({ title, text, action, icon, order = 2 }: EmptyProps) {
  return (
    <div className={css.state}>
      <div className={css.stateIcon} aria-hidden>
        {icon ?? <IconInbox size={26} stroke={1.6} />}
      </div>
      <Title order={order} fz="lg">
        {title}
      </Title>
      {text && (
        <Text component="div" c="dimmed" maw={520}>
          {text}
        </Text>
      )}
      {action && (
        <Group mt="xs" justify="center">
          {action}
        </Group>
      )}
    </div>
  );
}

function useWords(error: ApiError): { title: string; text: string; icon: ReactNode } {
  const { t } = useTranslation();
  if (error.status === 0) return { title: t("error.offline"), text: t("error.offline_detail"), icon: <IconCloudOff size={26} /> };
  if (error.status === 403) return { title: t("error.forbidden"), text: error.detail, icon: <IconLock size={26} /> };
  if (error.status === 404) return { title: t("error.gone"), text: t("error.gone_detail"), icon: <IconMapOff size={26} /> };
  if (error.status >= 500) return { title: t("error.server"), text: t("error.server_detail"), icon: <IconAlertTriangle size={26} /> };
  return { title: t("error.title"), text: error.detail, icon: <IconAlertTriangle size={26} /> };
}

/** A page or part that could not be loaded: why, the request's number, and another try. */
export function Failed({ error, retry, order = 2 }: { error: unknown; retry?: () => void; order?: TitleOrder }) {
  const { t } = useTranslation();
  const e = errorOf(error);
  const { title, text, icon } = useWords(e);
  return (
    <div className={css.state} role="alert">
      <div className={css.stateIcon} data-tone="bad" aria-hidden>
        {icon}
      </div>
      <Title order={order} fz="lg">
        {title}
      </Title>
      <Text maw={520}>{text}</Text>
      {e.requestId && (
        <Text size="sm" c="dimmed" className={css.mono}>
          {t("error.request", { id: e.requestId })}
        </Text>
      )}
      {retry && e.status !== 404 && e.status !== 403 && (
        <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={retry}>
          {t("actions.retry")}
        </Button>
      )}
    </div>
  );
}

/** What a form or button was refused, beside it. */
export function Refused({ error, title }: { error: unknown; title?: string }) {
  const { t } = useTranslation();
  const e = error ? errorOf(error) : null;
  const { title: own, text } = useWords(e ?? errorOf(null));
  if (!e) return null;
  return (
    <Alert role="alert" color="red" variant="light" icon={<IconAlertTriangle size={18} />} title={title ?? own}>
      {text}
      {e.requestId && (
        <Text size="xs" mt={4} className={css.mono}>
          {t("error.request", { id: e.requestId })}
        </Text>
      )}
    </Alert>
  );
}

interface LoadedProps<T> {
  query: Pick<UseQueryResult<T, unknown>, "data" | "error" | "isPending" | "refetch">;
  skeleton?: ReactNode;
  /** There is nothing else on the page: what went wrong is its heading. */
  page?: boolean;
  children: (data: T) => ReactNode;
}

/** Shows what a query has read; before that a skeleton, and if it failed why. */
export function Loaded<T>({ query, skeleton, page = false, children }: LoadedProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <Failed error={query.error} retry={() => void query.refetch()} order={page ? 1 : 2} />;
  return <>{skeleton ?? <PageSkeleton />}</>;
}
