import { Button, Loader, Skeleton, Stack, VisuallyHidden } from "@mantine/core";
import { useWindowVirtualizer, type VirtualItem } from "@tanstack/react-virtual";
import { type CSSProperties, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { List } from "../api/list";
import { embedded } from "../app/embed";
import css from "./DataList.module.css";
import { Empty, Failed } from "./State";

export interface Column<T> {
  key: string;
  header: string;
  cell: (item: T) => ReactNode;
  /** A track of the grid: "1fr", "8rem", "minmax(10rem, 2fr)". */
  width?: string;
  align?: "end";
}

interface Props<T> {
  /** What the list has, for screen readers. */
  label: string;
  columns: Column<T>[];
  list: List<T>;
  rowKey: (item: T) => string;
  /** Shown when there is nothing, with a next step. */
  empty?: ReactNode;
  /** Whether the list is narrowed: nothing found is not nothing there. */
  filtered?: boolean;
}

/**
 * A long list that the server pages: rows in view are rendered, the next page is
 * read when its end comes near, or by the button. A row whose cell has
 * `<Go data-row>` leads there as a whole.
 */
export function DataList<T>({ label, columns, list, rowKey, empty, filtered }: Props<T>) {
  const { t } = useTranslation();
  if (list.isPending) return <ListSkeleton />;
  if (list.error && list.items.length === 0) return <Failed error={list.error} retry={list.retry} />;
  if (list.items.length === 0) {
    if (filtered) return <Empty title={t("list.nothing_found")} />;
    return <>{empty ?? <Empty title={t("list.nothing")} />}</>;
  }
  return <Rows label={label} columns={columns} list={list} rowKey={rowKey} />;
}

/** Rows from one more on are all the same to the virtualiser until they are measured. */
const rowHeight = 56;

function Rows<T>({ label, columns, list, rowKey }: Props<T>) {
  const body = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    if (body.current) setTop(body.current.getBoundingClientRect().top + window.scrollY);
  }, []);
  const rows = useWindowVirtualizer({
    count: list.items.length,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: top,
    getItemKey: (i) => {
      const item = list.items[i];
      return item === undefined ? i : rowKey(item);
    },
  });
  const shown = rows.getVirtualItems();
  useNextPage(list, shown);
  const style = { "--columns": columns.map((c) => c.width ?? "minmax(0, 1fr)").join(" ") } as CSSProperties;
  return (
    <div className={css.list} style={style}>
      <div role="table" aria-label={label} aria-rowcount={list.hasMore ? -1 : list.items.length + 1} aria-busy={list.isFetching}>
        <div role="rowgroup">
          <div className={`${css.row} ${css.head}`} role="row" aria-rowindex={1}>
            {columns.map((c) => (
              <div key={c.key} role="columnheader" className={css.cell} data-align={c.align}>
                {c.header}
              </div>
            ))}
          </div>
        </div>
        <div ref={body} role="rowgroup" className={css.body} style={{ height: rows.getTotalSize(), position: "relative" }}>
          {shown.map((v) => {
            const item = list.items[v.index];
            if (item === undefined) return null;
            return (
              <div
                key={v.key}
                ref={rows.measureElement}
                data-index={v.index}
                className={css.row}
                role="row"
                aria-rowindex={v.index + 2}
                style={{ position: "absolute", top: 0, transform: `translateY(${v.start - rows.options.scrollMargin}px)` }}
              >
                {columns.map((c, i) => (
                  <div key={c.key} role="cell" className={css.cell} data-align={c.align} data-first={i === 0 || undefined}>
                    <span className={css.label} aria-hidden>
                      {c.header}
                    </span>
                    {c.cell(item)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
      <Foot list={list} />
    </div>
  );
}

/** useNextPage reads on when the last rows come into view. In a frame that grows with its content that would never end. */
function useNextPage<T>(list: List<T>, shown: VirtualItem[]) {
  const last = shown.at(-1)?.index ?? 0;
  const near = last >= list.items.length - 5;
  const { hasMore, isLoadingMore, more, error } = list;
  useEffect(() => {
    if (near && hasMore && !isLoadingMore && !error && !embedded) more();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- more is new each time
  }, [near, hasMore, isLoadingMore, error]);
}

function Foot<T>({ list }: { list: List<T> }) {
  const { t } = useTranslation();
  if (list.isLoadingMore) {
    return (
      <div className={css.foot}>
        <Loader size="sm" aria-hidden />
        <VisuallyHidden role="status">{t("list.loading")}</VisuallyHidden>
      </div>
    );
  }
  if (list.error) {
    return (
      <div className={css.foot}>
        <Button variant="default" onClick={list.more}>
          {t("actions.retry")}
        </Button>
      </div>
    );
  }
  if (!list.hasMore) return <div className={css.foot}>{t("list.end", { count: list.items.length })}</div>;
  return (
    <div className={css.foot}>
      <Button variant="default" onClick={list.more}>
        {t("actions.more")}
      </Button>
    </div>
  );
}

function ListSkeleton() {
  return (
    <Stack gap={1} className={css.list} aria-busy="true" p="md">
      {Array.from({ length: 8 }, (_, i) => (
        <Skeleton key={i} h={36} my={5} />
      ))}
    </Stack>
  );
}
