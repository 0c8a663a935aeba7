/** A stretch of a list that is the newest first, and whether it has more than was asked for. */
export interface Stretch<T> {
  items: T[];
  more: boolean;
}
export type Between<T> = (since: string, until: string) => Promise<Stretch<T>>;

const minute = 60_000;
/** How far to look ahead, step by step: what comes next mostly comes soon. */
const steps = [minute, 60 * minute, 24 * 60 * minute, 400 * 24 * 60 * minute];
/** Times of the log are finer than a millisecond, so that is as far as it is worth halving. */
const finest = 1;

/**
 * nextAfter finds the item that follows a time in a list that the API only tells
 * from its newest end: it looks ahead until there is something, then halves the
 * time until all of it fits on a page.
 */
export async function nextAfter<T extends { id: string }>(at: string, id: string, between: Between<T>, now = new Date()): Promise<T | null> {
  const start = Date.parse(at);
  let since = start;
  for (const step of steps) {
    const until = Math.min(start + step, now.getTime() + 1);
    const found = await between(since === start ? at : iso(since), iso(until));
    const last = earliestOf(found, id);
    if (last && !found.more) return last;
    if (found.more) return halved(since === start ? at : iso(since), until, id, between);
    if (until > now.getTime()) return null;
    since = until;
  }
  return null;
}

async function halved<T extends { id: string }>(since: string, until: number, id: string, between: Between<T>): Promise<T | null> {
  let low = Date.parse(since);
  let high = until;
  let from = since;
  let best: T | null = null;
  while (high - low > finest) {
    const middle = Math.floor((low + high) / 2);
    const found = await between(from, iso(middle));
    best = earliestOf(found, id) ?? best;
    if (best && !found.more && found.items.length > 0) return best;
    if (found.more) high = middle;
    else {
      low = middle;
      from = iso(middle);
    }
  }
  return best;
}

/** earliestOf is the last one of a stretch that is not the item itself. */
function earliestOf<T extends { id: string }>(found: Stretch<T>, id: string): T | null {
  return found.items.findLast((item) => item.id > id) ?? null;
}

const iso = (time: number) => new Date(time).toISOString();
