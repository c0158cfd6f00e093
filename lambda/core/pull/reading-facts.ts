import { type Direction, isSecondReading, type Page, type Position } from './page.ts';
import type { Stream } from './stream.ts';

/** How a walk's pages were read, as far as deletes depend on it. Plain JSON, because the state table keeps it between slices. */
export interface ReadingFacts {
  /** Changes to `up` at page 1 if that is empty or does not tell where the listing ends. */
  direction: Direction;
  /** The highest page that showed objects; absent if none did. */
  lastPage?: number;
  /** Present if a HAL listing led to a page without telling its last page's number, so that it can only be read upwards. */
  isOneWay?: true;
  /** Present if an answer was so old that a cache gave it. */
  isCached?: true;
  /** Objects shown more than once, those of page 1's second reading left out; absent if there were none. */
  shownAgain?: number;
}

/**
 * Adds to the walk what a page shows about its reading.
 *
 * @param walk - Its position is still that of the page.
 * @param repeated - How many objects of the page count as repeated.
 */
export function noteReading(
  walk: ReadingFacts & { readonly position: Position | undefined },
  { number, objects, next, isCached }: Page,
  { paging }: Stream,
  repeated: number,
): void {
  const { position, lastPage = 0, shownAgain = 0 } = walk;
  if (isCached === true) walk.isCached = true;
  if (objects.length > 0) walk.lastPage = Math.max(lastPage, number);
  if (paging.kind === 'hal' && next !== undefined && next.last === undefined) walk.isOneWay = true;
  if (repeated > 0 && !isSecondReading(position)) walk.shownAgain = shownAgain + repeated;
  const goesUp = objects.length === 0 || (next !== undefined && next.down === undefined);
  if (position?.down?.leg === 'first' && goesUp) walk.direction = 'up';
}
