import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { MaybeOptionalInit } from "openapi-fetch";
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";

import { client } from "../../api/client";
import { type ItemOf, type List, type ListPath, useList } from "../../api/list";
import type { paths } from "../../api/schema";
import { embedded } from "../../app/embed";
import { freshened, newerThan } from "./newer";

const every = 10_000;
/** For so long after somebody touched the list, nothing moves under their hand. */
const rest = 4_000;

interface Pages {
  pages: unknown[];
  pageParams: unknown[];
}

export interface Live<T> {
  list: List<T>;
  /** How many newer ones wait to be shown. */
  waiting: number;
  /** Shows them, from the top. */
  show: () => void;
  /** For the element around the list: while it is used, nothing moves in it. */
  still: { onPointerMove: () => void; onFocus: () => void };
}

/**
 * useLive is a list that gets new items at its top by itself while somebody looks
 * there. Whoever has scrolled down or uses the list is told how many wait instead.
 */
export function useLive<P extends ListPath>(path: P, init: MaybeOptionalInit<paths[P], "get">, keyOf: (item: ItemOf<P>) => string): Live<ItemOf<P>> {
  const queries = useQueryClient();
  const key = useMemo(() => ["list", path, init], [path, init]);
  const { held, still } = useHeld();
  const atTop = useAtTop();
  const moving = atTop && !held && (queries.getQueryData<Pages>(key)?.pages.length ?? 1) === 1;
  const list = useList(path, init, { refetchInterval: moving ? every : undefined });
  const head = useQuery({
    queryKey: ["head", path, init],
    enabled: !moving && !list.isPending,
    refetchInterval: every,
    queryFn: async ({ signal }) => {
      const { data } = await (client.GET as unknown as Get<ItemOf<P>>)(path, { ...(init as object), signal });
      return data.items;
    },
  });
  const show = useCallback(() => {
    queries.setQueryData<Pages>(key, (old) => old && { pages: old.pages.slice(0, 1), pageParams: old.pageParams.slice(0, 1) });
    window.scrollTo({ top: 0 });
    void queries.invalidateQueries({ queryKey: key });
  }, [queries, key]);
  const newer = !moving && head.data && head.dataUpdatedAt > (queries.getQueryState(key)?.dataUpdatedAt ?? 0) ? head.data : [];
  return {
    list: { ...list, items: freshened(list.items, newer, keyOf) },
    waiting: newerThan(newer, list.items[0], keyOf),
    show,
    still,
  };
}

type Get<T> = (path: string, init: object) => Promise<{ data: { items: T[] } }>;

/** Whether the list was touched a moment ago. */
function useHeld() {
  const [held, hold] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const touch = useCallback(() => {
    hold(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => hold(false), rest);
  }, []);
  return { held, still: { onPointerMove: touch, onFocus: touch } };
}

function subscribe(listener: () => void) {
  window.addEventListener("scroll", listener, { passive: true });
  return () => window.removeEventListener("scroll", listener);
}

/** Whether the beginning of the page is in view. A frame as high as its content cannot tell. */
const useAtTop = () => useSyncExternalStore(subscribe, () => !embedded && window.scrollY < 160);
