import { SyncError } from '../../core/errors.ts';
import type { Page, Position } from '../../core/pull/page.ts';
import type { Stream } from '../../core/pull/stream.ts';
import { beyond } from './ahead.ts';
import { isAboveTop, isDescent } from './descent.ts';

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
    return position.page > 1 && isOfThePage(outcome) && beyond(stream, position).length > 0
      ? 'failed'
      : undefined;
  }
  if (kind === 'hal' && (outcome.broken !== undefined || outcome.doubt !== undefined)) return 'wrong';
  if (outcome.objects.length > 0) return undefined;
  const endsByEmptyPage =
    position.down?.leg === 'down' ? !isAboveTop(position) : kind === 'numberedPages' || kind === 'after';
  return endsByEmptyPage || outcome.next !== undefined ? 'end' : undefined;
}

/** Whether a listing refuses a page because it is behind its end. A page before the end that is refused has failed. */
export function isRefusal({ paging }: Stream, position: Position, { code, detail }: SyncError): boolean {
  const isRefused = code === 'RESPONSE_INVALID' && (detail.status === 400 || detail.status === 404);
  const mayBeBehindEnd =
    paging.kind === 'numberedPages' || (isDescent(position) && position.down.top === undefined);
  return isRefused && mayBeBehindEnd && position.page > 1;
}

/** Whether a failure may concern one page only. After the others, such as a refused token, the next page would fail too. */
export function isOfThePage({ code, detail }: SyncError): boolean {
  if (code === 'ACCESS_DENIED') return detail.isTokenRefused === false;
  return code === 'UNAVAILABLE' || code === 'RESPONSE_INVALID' || code === 'NOT_PROCURIOS';
}

/**
 * The page at a position that was suspicious, after a second look.
 *
 * It is passed over if a page beyond it has objects: the walk goes on there, and its doubt makes the walk incomplete.
 *
 * @param others - The pages {@link beyond} it.
 * @throws {SyncError} The page's failure. In a numbered listing also that of a page beyond an empty one, because without it the end
 * is not certain.
 */
export function settle(
  stream: Stream,
  position: Position,
  outcome: Outcome,
  others: readonly Outcome[],
): Page {
  const suspicion = suspicionOf(stream, position, outcome);
  const next = others.some(hasObjects) ? beyond(stream, position)[0] : undefined;
  if (suspicion === 'end') return emptyPage(stream, position, outcome, { next, others });
  if (outcome instanceof SyncError) {
    if (suspicion !== 'failed' || next === undefined) throw outcome;
    return skippedPage(position, outcome, next);
  }
  if (suspicion !== 'wrong' || next === undefined) return outcome;
  const { broken, ...page } = outcome;
  return broken === undefined ? page : { ...page, next, doubt: page.doubt ?? { kind: 'cutShort' } };
}

/** An empty page: the listing's end, or a hole if objects are behind it. */
function emptyPage(
  stream: Stream,
  position: Position,
  outcome: Outcome,
  { next, others }: { readonly next: Position | undefined; readonly others: readonly Outcome[] },
): Page {
  const isNumbered = stream.paging.kind === 'numberedPages';
  const beside = { ...position, page: position.page + 1 };
  const failure = others.find((each) => each instanceof SyncError && !isRefusal(stream, beside, each));
  if (isNumbered && next === undefined && failure instanceof SyncError) throw failure;
  const page =
    isNumbered || outcome instanceof SyncError ? { number: position.page, objects: [], next } : outcome;
  const isHole = position.down?.leg === 'down' || page.next !== undefined;
  return isHole ? { ...page, doubt: { kind: 'hole' } } : page;
}

/** A page that failed, which the walk passes over. */
export function skippedPage({ page }: Position, failure: SyncError, next: Position | undefined): Page {
  return {
    number: page,
    objects: [],
    next,
    doubt: { kind: 'skipped', detail: reasonOf(failure) },
  };
}

export function hasObjects(outcome: Outcome): boolean {
  return !(outcome instanceof SyncError) && outcome.objects.length > 0;
}

/** The failure without what it is about. */
function reasonOf({ detail, message }: SyncError): string {
  return detail.reason ?? detail.brief ?? message;
}
