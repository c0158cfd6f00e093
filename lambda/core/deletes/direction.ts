import type { Direction } from '../pull/page.ts';
import type { Paging } from '../pull/stream.ts';
import type { Evidence } from './evidence.ts';
import { turns } from './policy.ts';
import { msBetween } from './walk-facts.ts';

/** Down walks in a row that fail, after which a stream is only read upwards for a while. */
const MOST_FAILED_DOWNS = 2;
/** After so long a stream is read down again, because what made down walks fail may be over. 7 days. */
const ONLY_UP_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * The direction of the stream's next walk. A walk keeps its direction, but reads upwards where page 1 is empty or names no last page.
 *
 * @param now - RFC 3339.
 */
export function nextDirection(
  { walks, ended, failedDowns, cutDownAt, lastPage }: Evidence,
  paging: Paging['kind'],
  now: string,
): Direction {
  const last = walks.at(-1);
  if (!turns(paging) || last === undefined) return 'up';
  if (ended?.isCutDown === true) return 'up';
  if (failedDowns >= MOST_FAILED_DOWNS && msBetween(cutDownAt ?? now, now) < ONLY_UP_MS) return 'up';
  // Without links, only the last complete walk tells where the end is.
  if (paging === 'numberedPages' && lastPage === undefined) return 'up';
  return opposite(last.direction);
}

export function opposite(direction: Direction): Direction {
  return direction === 'up' ? 'down' : 'up';
}

/** Whether the stream can only be read upwards, so that what its walks miss proves too little. */
export function readsOneWay({ failedDowns, isOneWay }: Evidence, paging: Paging['kind']): boolean {
  if (!turns(paging)) return paging === 'linkedPages';
  return isOneWay || failedDowns >= MOST_FAILED_DOWNS;
}
