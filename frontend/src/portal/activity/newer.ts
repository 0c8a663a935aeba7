/**
 * newerThan counts what is newer than the first item of a list. Keys are ids,
 * which are in the order of time.
 */
export function newerThan<T>(head: T[], first: T | undefined, keyOf: (item: T) => string): number {
  if (first === undefined) return 0;
  const key = keyOf(first);
  return head.filter((item) => keyOf(item) > key).length;
}

/** freshened is a list with what is known better by now, in its old order. */
export function freshened<T>(items: T[], head: T[], keyOf: (item: T) => string): T[] {
  if (head.length === 0) return items;
  const known = new Map(head.map((item) => [keyOf(item), item]));
  return items.map((item) => known.get(keyOf(item)) ?? item);
}
