import { Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";

import { useBrand } from "../app/brand";
import css from "./page.module.css";

interface HeaderProps {
  title: string;
  /** Shown instead of the title's text, which then is the page's name alone. */
  heading?: ReactNode;
  text?: ReactNode;
  actions?: ReactNode;
}

/** The head of a page: its name, one sentence, and what can be done. */
export function PageHeader({ title, heading, text, actions }: HeaderProps) {
  const { productName } = useBrand();
  useDocumentTitle(`${title} – ${productName}`);
  return (
    <header className={css.header}>
      <Stack gap={4} flex="1 1 20rem" miw={0}>
        <Title order={1} fz={{ base: 22, sm: 26 }}>
          {heading ?? title}
        </Title>
        {text && (
          <Text component="div" c="dimmed">
            {text}
          </Text>
        )}
      </Stack>
      {actions && <Group gap="sm">{actions}</Group>}
    </header>
  );
}

/** A part of a page with a heading of its own. */
export function Section({ title, text, actions, children }: { title?: string; text?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className={css.card} aria-label={title}>
      {(title || actions) && (
        <Group justify="space-between" align="flex-start" mb="md" gap="sm">
          <Stack gap={2} flex="1 1 14rem" miw={0}>
            {title && (
              <Title order={2} fz="lg">
                {title}
              </Title>
            )}
            {text && (
              <Text component="div" size="sm" c="dimmed">
                {text}
              </Text>
            )}
          </Stack>
          {actions}
        </Group>
      )}
      {children}
    </section>
  );
}

/** Names and values, as a description list. */
export function Facts({ items }: { items: [name: ReactNode, value: ReactNode][] }) {
  return (
    <dl className={css.facts}>
      {items.map(([name, value], i) => [<dt key={`t${i}`}>{name}</dt>, <dd key={`d${i}`}>{value ?? "–"}</dd>])}
    </dl>
  );
}

/** What has the shape of a page while it is loaded. */
export function PageSkeleton({ rows = 6 }: { rows?: number }) {
  return (
    <Stack aria-busy="true" gap="md">
      <Skeleton h={30} w="40%" maw={320} />
      <Skeleton h={16} w="65%" maw={520} />
      <Stack gap="sm" mt="md">
        {Array.from({ length: rows }, (_, i) => (
          <Skeleton key={i} h={44} />
        ))}
      </Stack>
    </Stack>
  );
}
