import type { SyncError } from '../errors.ts';
import type { Counts } from './counts.ts';
import { type Receipt, receiptOf } from './receipt.ts';
import type { Standing } from './standing.ts';
import type { Walk } from './walk.ts';

/** Why a slice stopped reading. All that was read before is stored in each case. */
export type ReadingEnd =
  | Standing
  | { readonly kind: 'interrupted' }
  /** The API or the network failed. */
  | { readonly kind: 'failed'; readonly error: SyncError };

/**
 * Whether a later slice can continue the walk from its position.
 *
 * Not after an invalid answer: at that position it would probably be the same again, while a new walk at least updates the
 * pages before it.
 */
export function canContinueAfter(end: ReadingEnd): boolean {
  if (end.kind === 'failed')
    return !['RESPONSE_INVALID', 'LIST_AMBIGUOUS', 'NOT_PROCURIOS'].includes(end.error.code);
  return end.kind === 'more' || end.kind === 'interrupted';
}

/**
 * Pauses up to this long are waited for within a slice: 30 seconds. A stream that still failed has used up its retries, so
 * continuing at once would only repeat them.
 */
export const LONGEST_WAIT_IN_SLICE_MS = 30_000;

/**
 * Milliseconds until the next slice, 0 also after an interruption; undefined if the stream is done for this run.
 */
export function pauseAfter(end: ReadingEnd): number | undefined {
  if (end.kind === 'more' || end.kind === 'interrupted') return 0;
  const askedMs = end.kind === 'failed' ? end.error.retryAfterMs : undefined;
  return askedMs !== undefined && askedMs > LONGEST_WAIT_IN_SLICE_MS ? askedMs : undefined;
}

/** The walk's account if no further slice is taken. */
export function receiptAfter(end: ReadingEnd, walk: Walk): Receipt {
  const { readBack } = walk;
  return { ...accountAfter(end, walk), ...(readBack !== undefined && { readBack }) };
}

function accountAfter(end: ReadingEnd, walk: Walk): Receipt {
  switch (end.kind) {
    case 'complete':
      return receiptAtEnd(walk.counts);
    case 'stuck':
      return receiptOf(walk.counts, 'incomplete', end);
    case 'failed':
      return receiptOf(walk.counts, 'failed', end.error);
    default:
      return receiptOf(walk.counts, 'incomplete', {
        code: 'INTERRUPTED',
        message: `stopped before page ${walk.position?.page ?? 1}; the next pull continues there`,
      });
  }
}

/** Decided here and not page by page, because the table may refuse objects until the last write is answered. */
function receiptAtEnd(counts: Readonly<Counts>): Receipt {
  const { fetched, written, unchanged } = counts;
  if (fetched === 0 || written + unchanged > 0) return receiptOf(counts, 'complete');
  const objects =
    fetched === 1 ? 'the only object' : `none of the ${fetched.toLocaleString('en-US')} objects`;
  const message = `${objects} ${fetched === 1 ? 'could not' : 'could'} be stored; the rejects have the reasons`;
  return receiptOf(counts, 'incomplete', { code: 'RESPONSE_INVALID', message });
}
