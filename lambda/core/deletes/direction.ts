import type { Direction } from '../pull/page.ts';
import type { Paging } from '../pull/stream.ts';
import type { Evidence } from './evidence.ts';
import { turns } from './policy.ts';

/** Down walks in a row that fail, after which a stream is only read upwards. */
const MOST_FAILED_DOWNS = 2;

/**
 * The direction of the stream's next walk. A walk keeps its direction, but reads upwards where page 1 is empty or names no last page.
 */
export function nextDirection(
  { walks, ended, failedDowns, lastPage }: Evidence,
  paging: Paging['kind'],
): Direction {
  const last = walks.at(-1);
  if (!turns(paging) || last === undefined) return 'up';
  if (ended?.isCutDown === true || failedDowns >= MOST_FAILED_DOWNS) return 'up';
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
