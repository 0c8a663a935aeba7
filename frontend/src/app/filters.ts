import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";

/**
 * useFilters keeps what a list is filtered by in the address, so that it can be
 * linked to and survives a reload. What equals its default is not in the address.
 */
export function useFilters<T extends Record<string, string>>(defaults: T): [T, (change: Partial<T>) => void, boolean] {
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const navigate = useNavigate();
  const values = useMemo(() => {
    const read: Record<string, string> = { ...defaults };
    for (const key of Object.keys(defaults)) {
      const value = search[key];
      if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") read[key] = String(value);
    }
    return read as T;
    // eslint-disable-next-line react-hooks/exhaustive-deps -- defaults are constants of the page
  }, [search]);
  const set = useCallback(
    (change: Partial<T>) => {
      const all: Record<string, unknown> = { ...search, ...change };
      const next = Object.fromEntries(Object.entries(all).filter(([key, value]) => value !== undefined && value !== defaults[key]));
      void navigate({ to: ".", search: next as never, replace: true });
    },
    // eslint-disable-next-line react-hooks/exhaustive-deps -- see above
    [search, navigate],
  );
  const filtered = Object.keys(defaults).some((key) => values[key] !== defaults[key]);
  return [values, set, filtered];
}
