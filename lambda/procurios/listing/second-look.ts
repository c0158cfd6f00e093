import { SyncError } from '../../core/errors.ts';
import type { Page, Position } from '../../core/pull/page.ts';
import type { Stream } from '../../core/pull/stream.ts';
import { furtherOn } from './ahead.ts';

/** What became of a request for a page: the page, or why there is none. */
export type Outcome = Page | SyncError;

/**
 * Why a page is read again, and the pages beyond it are looked at; undefined if it is taken as it is.
 *
 * - `end`: it is empty, or a numbered listing refuses it, as some do past their end.
 * - `wrong`: by its links it is another page than was requested, or the listing ends before the page that it named as its last.
 * - `failed`: it failed, also after several attempts.
 */
export function suspicionOf(
  stream: Stream,
  position: Position,
  outcome: Outcome,
): 'end' | 'wrong' | 'failed' | undefined {
  const { kind } = stream.paging;
  if (outcome instanceof SyncError) {
    if (isRefusal(stream, position, outcome)) return 'end';
    return position.page > 1 && isOfThePage(outcome) && furtherOn(stream, position, 1) !== undefined
      ? 'failed'
      : undefined;
  }
  if (kind === 'hal' && (outcome.broken !== undefined || outcome.doubt !== undefined)) return 'wrong';
  const endsByEmptyPage = kind === 'numberedPages' || kind === 'after';
  return outcome.objects.length === 0 && (endsByEmptyPage || outcome.next !== undefined) ? 'end' : undefined;
}

function isRefusal({ paging }: Stream, { page }: Position, { code, detail }: SyncError): boolean {
  const isRefused = code === 'RESPONSE_INVALID' && (detail.status === 400 || detail.status === 404);
  return isRefused && paging.kind === 'numberedPages' && page > 1;
}

/** Whether a failure may concern one page only. After the others, such as a refused token, the next page would fail too. */
function isOfThePage({ code, detail }: SyncError): boolean {
  if (code === 'ACCESS_DENIED') return detail.isTokenRefused === false;
  return code === 'UNAVAILABLE' || code === 'RESPONSE_INVALID' || code === 'NOT_PROCURIOS';
}

/**
 * The page at a position that was suspicious, after a second look.
 *
 * It is passed over if a page beyond it has objects: the walk goes on there, and its doubt makes the walk incomplete.
 *
 * @param beyond - The pages beyond it; empty if they cannot be requested by number.
 * @throws {SyncError} The page's failure. In a numbered listing also that of a page beyond an empty one, because without it the end
 * is not certain.
 */
export function settle(
  stream: Stream,
  position: Position,
  outcome: Outcome,
  beyond: readonly Outcome[],
): Page {
  const suspicion = suspicionOf(stream, position, outcome);
  const next = beyond.some(hasObjects) ? furtherOn(stream, position, 1) : undefined;
  const number = position.page;
  if (suspicion === 'end' && stream.paging.kind === 'numberedPages') {
    const beside = { page: number + 1 };
    const failure = beyond.find((each) => each instanceof SyncError && !isRefusal(stream, beside, each));
    if (next === undefined && failure instanceof SyncError) throw failure;
    return { number, objects: [], next };
  }
  if (outcome instanceof SyncError) {
    if (suspicion !== 'failed' || next === undefined) throw outcome;
    return { number, objects: [], next, doubt: { kind: 'skipped', detail: reasonOf(outcome) } };
  }
  if (suspicion !== 'wrong' || next === undefined) return outcome;
  const { broken, ...page } = outcome;
  return broken === undefined ? page : { ...page, next, doubt: page.doubt ?? { kind: 'cutShort' } };
}

function hasObjects(outcome: Outcome): boolean {
  return !(outcome instanceof SyncError) && outcome.objects.length > 0;
}

/** The failure without what it is about. */
function reasonOf({ detail, message }: SyncError): string {
  return detail.reason ?? detail.brief ?? message;
}
