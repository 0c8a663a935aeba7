import { keepPreviousData, type QueryClient, useInfiniteQuery } from "@tanstack/react-query";
import type { MaybeOptionalInit } from "openapi-fetch";

import { client } from "./client";
import { type ApiError, errorOf } from "./error";
import type { paths } from "./schema";

/** What the items of a cursor-paged list are. */
export type ItemOf<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: { content: { "application/json": { items: (infer T)[] } } } } };
}
  ? T
  : never;

/** The lists of the API. */
export type ListPath = { [P in keyof paths]: [ItemOf<P>] extends [never] ? never : P }[keyof paths];

/** A list that is read page by page. */
export interface List<T> {
  items: T[];
  isPending: boolean;
  isFetching: boolean;
  error: ApiError | null;
  hasMore: boolean;
  isLoadingMore: boolean;
  more: () => void;
  retry: () => void;
}

interface Options {
  /** Milliseconds after which what was read is asked for again. */
  refetchInterval?: number;
  enabled?: boolean;
}

/** useList reads a cursor-paged list of the API; more() reads the next page. */
export function useList<P extends ListPath>(path: P, init: MaybeOptionalInit<paths[P], "get">, options: Options = {}): List<ItemOf<P>> {
  const query = useInfiniteQuery({
    queryKey: ["list", path, init],
    initialPageParam: "",
    placeholderData: keepPreviousData,
    ...options,
    queryFn: async ({ pageParam, signal }) => {
      const { params } = (init ?? {}) as { params?: { query?: object } };
      const query = { ...params?.query, ...(pageParam ? { cursor: pageParam } : {}) };
      const { data } = await (client.GET as unknown as Get)(path, { params: { ...params, query }, signal });
      return data;
    },
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
  return {
    items: (query.data?.pages.flatMap((page) => page.items) ?? []) as ItemOf<P>[],
    isPending: query.isPending,
    isFetching: query.isFetching,
    error: query.error ? errorOf(query.error) : null,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    more: () => void query.fetchNextPage(),
    retry: () => void query.refetch(),
  };
}

type Get = (path: string, init: object) => Promise<{ data: { items: unknown[]; next_cursor: string | null } }>;

/** refresh asks again for everything whose path in the API begins so. */
export function refresh(queries: QueryClient, ...prefixes: string[]): Promise<void> {
  return queries.invalidateQueries({
    predicate: ({ queryKey }) => typeof queryKey[1] === "string" && prefixes.some((p) => (queryKey[1] as string).startsWith(p)),
  });
}
