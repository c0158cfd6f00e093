import { createAbsenceStore, readKnown } from '../../lambda/aws/state/absence-store.ts';
import { saveApproval } from '../../lambda/aws/state/approval-store.ts';
import { readWalkRecord } from '../../lambda/aws/state/walk-store.ts';
import { timestamp } from '../../lambda/core/clock.ts';
import { approve as approvalOf } from '../../lambda/core/deletes/approval.ts';
import { SyncError } from '../../lambda/core/errors.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import type { Session } from '../session.ts';
import type { ApprovalPlan } from './approval-plan.ts';
import { type CarriedEnd, carryApproved } from './carry-approved.ts';
import { chosenIds, notPossible } from './choose.ts';
import { operatorName } from './operator-name.ts';
import { type LeaseWait, underLease } from './under-lease.ts';

/** What became of an approval. It is saved in any case. */
export type ApprovalEnd =
  | ({ readonly kind: 'carried' } & CarriedEnd)
  /** The next judging carries it. @param why - Follows "because". */
  | { readonly kind: 'left'; readonly why: string };

export interface ApproveOptions extends LeaseWait {
  readonly note: string | undefined;
  /** Aborts when no further item may be marked. */
  readonly signal: AbortSignal;
}

/**
 * Saves an approval, and carries at once what is approved, unless a pull is at work or the stream's walk is not finished.
 *
 * @throws {CommandError} `NOT_POSSIBLE` if the set is no longer held. @throws {SyncError} `STORE_*`; the approval may be saved then.
 */
export async function approve(
  session: Session,
  plan: ApprovalPlan,
  { note, signal, onWatch }: ApproveOptions,
): Promise<ApprovalEnd> {
  const { stream, heldId } = plan;
  const state = session.state();
  // Read again, because the operator may have thought for a while.
  const { known } = await readKnown(state, stream.name);
  const ids = chosenIds(known, stream, heldId, plan.ids);
  const by = { by: operatorName(), at: timestamp(systemClock.now()), ...(note !== undefined && { note }) };
  const approval = approvalOf(known, ids, by);
  if (approval === undefined) throw notPossible(`nothing of stream ${stream.name} is held`);
  await saveApproval(state, stream.name, approval, systemClock);
  try {
    return await underLease(session, { onWatch, signal }, async (lease) => {
      // A walk keeps a map of the table, and the account of what it missed, so neither may change beside it.
      const walk = await readWalkRecord(state, stream.name);
      if (walk !== undefined && walk.phase !== 'ended') {
        return { kind: 'left', why: 'the walk of the stream is not finished' };
      }
      const store = createAbsenceStore({ state, lease, clock: systemClock });
      return { kind: 'carried', ...(await carryApproved(session, plan, store, lease, signal)) };
    });
  } catch (error) {
    const isLeft = error instanceof SyncError && ['RUN_ACTIVE', 'INTERRUPTED'].includes(error.code);
    if (!isLeft) throw error;
    return { kind: 'left', why: error.message };
  }
}
