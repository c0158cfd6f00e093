import type { Lease } from '../../lambda/aws/state/lease.ts';
import { timestamp } from '../../lambda/core/clock.ts';
import { splitByApproval } from '../../lambda/core/deletes/approval.ts';
import { readWords } from '../../lambda/core/deletes/archive-words.ts';
import type { AbsenceStore, Burial } from '../../lambda/core/deletes/delete-ports.ts';
import { becauseOf, findDue } from '../../lambda/core/deletes/due.ts';
import type { Held } from '../../lambda/core/deletes/evidence.ts';
import { heldIds } from '../../lambda/core/deletes/held.ts';
import { takeBack } from '../../lambda/core/deletes/judge.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import type { Session } from '../session.ts';
import type { ApprovalPlan } from './approval-plan.ts';
import { openForDeleting } from './stream-deletes.ts';

/** What became of what is approved. */
export interface CarriedEnd {
  /** Items that were marked or deleted. */
  readonly gone: number;
  /** Items that changed meanwhile, so they stay until the next pull judges them. */
  readonly changed: number;
  /** Items that were not begun, because the signal aborted. The next pull carries them. */
  readonly left: number;
  /** What is still held; undefined if nothing is. */
  readonly held: Held | undefined;
}

/**
 * Makes tombstones of the items that are approved and still due, and takes them out of what is known. Repeated, a no-op.
 *
 * @throws {SyncError} `RUN_ACTIVE` when the lease has run out; `STORE_*`. The approval stays in force then.
 */
export async function carryApproved(
  session: Session,
  plan: ApprovalPlan,
  store: AbsenceStore,
  lease: Lease,
  signal: AbortSignal,
): Promise<CarriedEnd> {
  const { stream, policy, heldId } = plan;
  const { known } = await store.load(stream.name);
  const approvals = await store.approvals(stream.name, known.evidence);
  const named = new Set(approvals.flatMap(({ ids }) => ids));
  const ids = heldIds(known).filter((id) => named.has(id));
  const { table, archive } = openForDeleting(session, stream, lease, `approve-${heldId}`);
  const live = new Map((await table.readLive(ids)).map((item) => [item.id, item]));
  const words = await readWords(live.values(), archive);
  const due = findDue(known, policy, words).filter(({ wasHeld }) => wasHeld);
  const { approved } = splitByApproval(due, approvals, known, timestamp(systemClock.now()));
  const burials = approved.flatMap((due): Burial[] => {
    const item = live.get(due.id);
    if (item === undefined) return [];
    const { mergedInto } = due;
    const because = becauseOf(due, known.evidence, policy);
    return [{ item, because, ...(mergedInto !== undefined && { mergedInto }) }];
  });
  const { done, gone, changed } = await table.bury(burials, () => !signal.aborted);
  // An item that is not live any more is no longer absent, whoever removed it.
  const over = new Set([...gone, ...ids.filter((id) => !live.has(id))]);
  const after = takeBack(known, (id) => over.has(id));
  await store.save(stream.name, after);
  return {
    gone: gone.length,
    changed: changed.length,
    left: burials.length - done,
    held: after.evidence.held,
  };
}
