import { noCounts } from './counts.ts';
import { type Receipt, receiptOf } from './receipt.ts';
import { type EndedWalk, type EndingWalk, isUnfinished, type Walk } from './walk.ts';

/**
 * A stream's receipt for a run that was cut off before it could save its own.
 *
 * @param walk - The record of the stream's walk; undefined if it has none.
 */
export function receiptOfCutOff(
  walk: Pick<Walk, 'phase' | 'counts' | 'position' | 'judging'> | EndingWalk | EndedWalk | undefined,
  runId: string,
): Receipt {
  if (walk?.phase === 'reading') {
    const page = walk.position?.page ?? 1;
    const message = `the run was cut off; the next pull continues before page ${page}`;
    return receiptOf(walk.counts, 'incomplete', { code: 'INTERRUPTED', message });
  }
  if (walk !== undefined && isUnfinished(walk)) {
    // A walk that was read to its end is complete, whether or not it was judged.
    if (walk.judging?.readBy === runId) return receiptOf(walk.counts, 'complete');
  } else if (walk?.runId === runId) return walk.receipt;
  const message = 'the run was cut off before it saved any of this stream; the next pull reads it';
  return receiptOf(noCounts(), 'incomplete', { code: 'INTERRUPTED', message });
}
