import { SyncError } from '../../core/errors.ts';
import type { Page, Position } from '../../core/pull/page.ts';
import { PAGES_BEYOND } from './ahead.ts';
import {
  type DownPosition,
  descend,
  isAtTop,
  isDescent,
  positionAt,
  positionsBelow,
  turnToEnd,
} from './descent.ts';
import { lookAt, type PageReader, pageOf, readSurely } from './read-surely.ts';
import { hasObjects, isOfThePage, skippedPage } from './second-look.ts';

/**
 * Reads the page at a position of a reading down, as surely as one of a reading up.
 *
 * @throws As {@link readSurely}.
 */
export async function readDown(reader: PageReader, position: Position): Promise<Page> {
  const { stream } = reader;
  if (!isDescent(position)) return turnToEnd(stream, position, await readSurely(reader, position));
  const page = await (position.down.leg === 'end' ? readEnd : readSurely)(reader, position);
  return descend(stream, position, page, await goesOn(reader, position, page));
}

/** Reads a page that may be the listing's end. If it always fails, it is passed over, because the pages below can be read. */
async function readEnd(reader: PageReader, position: DownPosition): Promise<Page> {
  try {
    return await readSurely(reader, position);
  } catch (error) {
    if (!(error instanceof SyncError) || !isOfThePage(error)) throw error;
    const { from = position.page } = position.down;
    const below = await lookAt(reader, positionsBelow(reader.stream, position, from, PAGES_BEYOND));
    if (!below.some(hasObjects)) throw error;
    return skippedPage(position, error, undefined);
  }
}

/**
 * Whether the listing has a page above this one.
 *
 * A reading that came down to its first page with objects found the page above it empty. Without links it asks for that page again,
 * because the whole listing may have looked empty for a while.
 */
async function goesOn(reader: PageReader, position: DownPosition, page: Page): Promise<boolean> {
  if (!isAtTop(position, page)) return false;
  if (position.down.leg === 'end' || reader.stream.paging.kind === 'hal') return page.next !== undefined;
  const above = positionAt(reader.stream, position, page.number + 1, position.down);
  const outcomes = await lookAt(reader, [above]);
  return outcomes.some((outcome) => pageOf(outcome).objects.length > 0);
}
