import { timestamp } from '../clock.ts';
import type { UnseenFates } from '../deletes/balance.ts';
import { judgeNothingUnseen, judgeWalk, noteIfUncounted, noteLook } from '../deletes/judge-walk.ts';
import type { CarriedAccount } from '../deletes/judging.ts';
import { lookDirection, whyLookFails } from '../deletes/look.ts';
import { deletePolicyOf } from '../deletes/policy.ts';
import type { Access } from '../deletes/sight.ts';
import type { WalkFacts } from '../deletes/walk-facts.ts';
import { SyncError } from '../errors.ts';
import { noCounts } from './counts.ts';
import { factsOf, lookFactsOf } from './facts.ts';
import { type DeletesAccount, type Receipt, receiptOf } from './receipt.ts';
import type { Reject } from './reject.ts';
import type { SliceReport } from './slice-report.ts';
import type { SliceWork } from './slice-work.ts';
import { beginLook, finishWalk, type LookStart, type Walk } from './walk.ts';

/** A reading that takes no further page. */
export interface EndedReading {
  /** Of the walk, or of its look. */
  readonly receipt: Receipt;
  /** Whether the listing was read to its end, and nothing but empty pages in front of filled ones speaks against having been shown all of it. */
  readonly isWhole: boolean;
  /** Whether the listing's end was not reached. */
  readonly isCutShort: boolean;
  /** Of the last slice. */
  readonly rejects: readonly Reject[];
  readonly access: Access | undefined;
}

/** What a phase that reads no page did. */
type PhaseReport = Omit<SliceReport, 'counts'>;

/**
 * Ends a walk that reads no further page, unless it is to be judged first: a walk that counts, and did not show every live item, goes on
 * to the phase `judging`, in a slice of its own.
 */
export async function endReading(
  work: SliceWork,
  walk: Walk,
  { receipt, isWhole, isCutShort, rejects, access }: EndedReading,
): Promise<PhaseReport> {
  const { runId, stream, stores, ports } = work;
  const policy = deletePolicyOf(stream);
  const { deletes, walks } = stores;
  if (policy === undefined || deletes === undefined) return await endWalk(work, walk, receipt, rejects);

  const end = { isComplete: isWhole, isCutShort, nowMs: ports.clock.now() };
  const facts = factsOf(walk, { stream, access, ...end });
  const hasSeen = (id: string): boolean => walk.table.hasSeen(id);
  const uncounted = await noteIfUncounted(stream.name, facts, hasSeen, deletes);
  if (uncounted !== undefined) {
    const account = accountOf(walk, facts, uncounted.reason, uncounted.fates);
    return await endWalk(work, walk, { ...receipt, ...account }, rejects);
  }
  if (walk.table.countUnseen() > 0) {
    const shortfall = receipt.error && { shortfall: receipt.error };
    const judged: Walk = { ...walk, phase: 'judging', judging: { facts, readBy: runId, ...shortfall } };
    await walks.saveWalk(stream, judged, rejects, { isLastOfInvocation: false });
    return { receipt, continueAfterMs: 0 };
  }
  const fates = await judgeNothingUnseen(stream.name, facts, policy, deletes);
  return await endWalk(work, walk, { ...receipt, ...accountOf(walk, facts, 'counted', fates) }, rejects);
}

/** Judges a walk, as far as the slice has time. Then it ends or, if something must be proved by a second reading, its look begins. */
export async function judgeOn(work: SliceWork, walk: Walk): Promise<SliceReport> {
  const { stream, stores, reading } = work;
  const { walks } = stores;
  const save = (judged: Walk) => walks.saveWalk(stream, judged, [], { isLastOfInvocation: false });
  try {
    return { ...(await tryToJudge(work, walk, save)), counts: noCounts() };
  } catch (error) {
    if (!reading.signal.aborted || reading.signal.reason instanceof SyncError) throw error;
    await save(walk);
    return { receipt: receiptOfRead(walk), counts: noCounts(), continueAfterMs: 0 };
  }
}

async function tryToJudge(
  work: SliceWork,
  walk: Walk,
  save: (judged: Walk) => Promise<void>,
): Promise<PhaseReport> {
  const { stream, stores, reading } = work;
  const { deletes, walks } = stores;
  const { judging } = walk;
  const policy = deletePolicyOf(stream);
  const receipt = receiptOfRead(walk);
  if (policy === undefined || deletes === undefined || judging === undefined) {
    return await endWalk(work, walk, receipt, []);
  }
  reading.signal.throwIfAborted();
  const judged = {
    ...{ stream: stream.name, policy, judging, seen: walk.table },
    keepCarried: (carried: CarriedAccount) => {
      walk.judging = { ...judging, carried };
      return save(walk);
    },
  };
  const end = await judgeWalk(judged, { ...deletes, signal: reading.signal, hasTime: reading.hasTime });
  switch (end.kind) {
    case 'look':
      await save(beginLook(stream, walk, headingOfLook(work, walk), await walks.loadState(stream)));
      return { receipt, continueAfterMs: 0 };
    case 'unfinished':
      await save(walk);
      return { receipt, continueAfterMs: 0 };
    default: {
      const account = accountOf(walk, judging.facts, end.evidence, end.fates);
      return await endWalk(work, walk, { ...receiptOfJudged(walk, end.unbalanced), ...account }, []);
    }
  }
}

/** The look reads in the other direction, because a list that changes in mid-reading hides other objects from it. */
function headingOfLook({ stream, ports }: SliceWork, { direction, lastPage }: Walk): LookStart {
  return {
    startedAt: timestamp(ports.clock.now()),
    direction: lookDirection(direction, stream.paging.kind),
    ...(lastPage !== undefined && { lastPage }),
  };
}

/** Takes in what a look showed that reads no further page. Its walk is then judged on. */
export async function endLook(
  { runId, stream, stores, ports }: SliceWork,
  walk: Walk,
  { isWhole, rejects, access }: EndedReading,
): Promise<PhaseReport> {
  const { look, ...looked } = walk;
  const { judging } = walk;
  const policy = deletePolicyOf(stream);
  const { deletes, walks } = stores;
  if (look === undefined || judging === undefined) throw new Error('the walk has no look');

  const facts = lookFactsOf(look, { stream, access, isComplete: isWhole, nowMs: ports.clock.now() });
  if (deletes !== undefined) await noteLook(stream.name, (id) => look.table.hasSeen(id), deletes);
  const failure = policy && whyLookFails(facts, judging.facts, policy);
  const end = { ended: facts.ended, counts: { ...look.counts }, ...(failure !== undefined && { failure }) };
  const judged: Walk = {
    ...looked,
    phase: 'judging',
    returned: walk.returned + look.returned,
    judging: { ...judging, readBy: runId, look: end },
  };
  await walks.saveWalk(stream, judged, rejects, { isLastOfInvocation: false });
  return { receipt: receiptOfRead(walk), continueAfterMs: 0 };
}

/** Ends the walk. If an earlier run read its last page, this run begins another one. */
export async function endWalk(
  { runId, stream, stores }: SliceWork,
  walk: Walk,
  receipt: Receipt,
  rejects: readonly Reject[],
): Promise<PhaseReport> {
  const readBy = walk.judging?.readBy ?? runId;
  await stores.walks.endWalk(stream, finishWalk(walk, readBy, receipt), rejects);
  return { receipt, continueAfterMs: readBy === runId ? undefined : 0 };
}

/** The account of a walk that was read to its end, whatever its look and its judgement are like. */
export function receiptOfRead({ counts, judging }: Walk): Receipt {
  const shortfall = judging?.shortfall;
  return receiptOf(counts, shortfall === undefined ? 'complete' : 'incomplete', shortfall);
}

/** The account of a walk that was judged: of its pages, of those of its look, and of the unseen. */
function receiptOfJudged(walk: Walk, unbalanced: string | undefined): Receipt {
  const { error } = receiptOf(walk.judging?.look?.counts ?? noCounts(), 'complete');
  const message = unbalanced ?? error?.message;
  if (message === undefined) return receiptOfRead(walk);
  return receiptOf(walk.counts, 'failed', { code: 'UNBALANCED', message });
}

function accountOf(
  { returned, judging }: Walk,
  { direction, holes, isFull, live }: WalkFacts,
  evidence: NonNullable<DeletesAccount['evidence']>,
  fates: UnseenFates,
): DeletesAccount {
  const look = judging?.look;
  return {
    evidence,
    direction,
    ...(holes > 0 && { holes }),
    ...(isFull && { live }),
    ...fates,
    returned,
    ...(look !== undefined && { look: look.failure ?? 'proved' }),
  };
}
