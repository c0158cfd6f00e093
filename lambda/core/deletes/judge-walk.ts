import { readWords } from './archive-words.ts';
import { fatesOf, isBalanced, type UnseenFates } from './balance.ts';
import { type Decision, decide } from './decide.ts';
import type { AbsenceStore, ArchiveTable, DeletesTable, MergedItem, UnseenItem } from './delete-ports.ts';
import { becauseOf, type Due, findDue } from './due.ts';
import type { Known, NotCounted } from './evidence.ts';
import { judge, noteUncounted, takeBack } from './judge.ts';
import type { CarriedAccount, Judging } from './judging.ts';
import { carryAfter, needsLook } from './look.ts';
import type { DeletePolicy } from './policy.ts';
import { type WalkFacts, whyNotCounted } from './walk-facts.ts';

/** What is known of a stream's absent objects, and its table, for one slice. */
export interface DeleteStores {
  readonly absences: AbsenceStore;
  readonly table: DeletesTable;
  /** Absent if no archive names the stream's objects. */
  readonly archive?: ArchiveTable;
}

export interface JudgingPorts extends DeleteStores {
  /** Aborts when the slice must stop. */
  readonly signal: AbortSignal;
  /** Whether the slice may carry another batch. */
  hasTime(): boolean;
}

/** A complete walk to judge. */
export interface JudgedWalk {
  /** The stream's name. */
  readonly stream: string;
  readonly policy: DeletePolicy;
  readonly judging: Judging;
  /** The keys that the walk showed. They are not asked for any more once the walk was counted. */
  readonly seen: { readonly seenCount: number; hasSeen(id: string): boolean };
  /** Saves that everything was carried, so that a repeated step counts it once. */
  keepCarried(carried: CarriedAccount): Promise<void>;
}

/** How far a walk was judged. */
export type JudgementEnd =
  | {
      readonly kind: 'judged';
      /** `unknown`: what the walk showed is not known any more, so it proves nothing. */
      readonly evidence: 'counted' | 'unknown';
      readonly fates: UnseenFates;
      /** How many of the unseen have no fate, or two, in words; absent if the account is balanced. */
      readonly unbalanced?: string;
    }
  /** The list must be read again before anything is carried. */
  | { readonly kind: 'look' }
  /** The time was up. Judged again, the walk goes on where it was. */
  | { readonly kind: 'unfinished' };

/** What a walk that is no evidence leaves. */
export interface UncountedEnd {
  readonly reason: NotCounted;
  readonly fates: UnseenFates;
}

/**
 * Enters a walk that ended in what is known, unless it counts.
 *
 * @param hasSeen - Whether the walk showed the object.
 * @returns Undefined if the walk counts, so that it is to be judged.
 */
export async function noteIfUncounted(
  stream: string,
  facts: WalkFacts,
  hasSeen: (id: string) => boolean,
  { absences }: Pick<DeleteStores, 'absences'>,
): Promise<UncountedEnd | undefined> {
  const { known } = await absences.load(stream);
  const { ended, walks } = known.evidence;
  // Its end was noted before the step was cut off. Repeated, it may have ended in another way, which is passed over.
  const wasUncounted = ended?.walkId === facts.walkId && walks.at(-1)?.walkId !== facts.walkId;
  const reason = whyNotCounted(facts, known.evidence) ?? (wasUncounted ? 'unknown' : undefined);
  if (reason === undefined) return undefined;
  const noted = takeBack(noteUncounted(known, facts, hasSeen), hasSeen);
  await absences.save(stream, noted);
  return { reason, fates: fatesOf(noted, 0) };
}

/**
 * Judges a counted walk: counts what it did not show, decides what becomes of what is due, and carries what may go.
 *
 * Cut off anywhere and repeated, it comes to the same: the evidence names the walk, so that it counts once; the same is decided about
 * the same; and burying is conditional.
 *
 * @throws The signal's reason, if it aborts; {SyncError} `STORE_*`, or `RUN_ACTIVE` if the lease was lost.
 */
export async function judgeWalk(judged: JudgedWalk, ports: JudgingPorts): Promise<JudgementEnd> {
  const { stream, judging, seen } = judged;
  const { known: before } = await ports.absences.load(stream);
  const isCounted = before.evidence.ended?.walkId === judging.facts.walkId;
  if (!isCounted && seen.seenCount !== judging.facts.shown) {
    const noted = noteUncounted(before, judging.facts, undefined);
    await ports.absences.save(stream, noted);
    return { kind: 'judged', evidence: 'unknown', fates: fatesOf(noted, 0) };
  }
  // Once the walk was counted, only what it found absent is judged, whatever other programs put into the table.
  const isSeen = (id: string): boolean => (isCounted ? !before.absences.has(id) : seen.hasSeen(id));
  const items = await scanUnseen(isSeen, isCounted, ports);
  const known = judge(withoutWritten(before, items), judging.facts, [...items.keys()]);
  const unseen = isCounted ? known.absences.size + known.evidence.overflow : items.size;

  let { carried } = judging;
  let gone = (id: string): boolean => !items.has(id);
  if (carried === undefined) {
    const end = await carry(judged, known, items, ports);
    if (end.kind !== 'carried') return end;
    gone = (id) => end.gone.has(id);
    carried = { unseen, gone: end.gone.size };
    // Without any, a repeated step would decide the same once more.
    if (carried.gone > 0) await judged.keepCarried(carried);
  }
  return await close(stream, carried, gone, ports);
}

/**
 * Judges a counted walk that showed every live item. Nothing is scanned, and nothing can be due.
 *
 * @returns What became of the unseen: none has a fate.
 */
export async function judgeNothingUnseen(
  stream: string,
  facts: WalkFacts,
  policy: DeletePolicy,
  { absences }: Pick<DeleteStores, 'absences'>,
): Promise<UnseenFates> {
  const { known } = await absences.load(stream);
  const decided = decide(judge(known, facts, []), [], momentOf(facts), policy, []);
  await absences.save(stream, decided.known);
  return fatesOf(decided.known, 0);
}

/** Takes out what a look showed, because it is no longer absent. */
export async function noteLook(
  stream: string,
  hasSeen: (id: string) => boolean,
  { absences }: Pick<DeleteStores, 'absences'>,
): Promise<void> {
  const { known } = await absences.load(stream);
  await absences.save(stream, takeBack(known, hasSeen));
}

type Unseen = ReadonlyMap<string, UnseenItem>;

/**
 * What is known without the absences of items that were written since a walk first missed their objects. A pull that was killed before
 * it saved its walk wrote them, so it met the objects.
 */
function withoutWritten(known: Known, items: Unseen): Known {
  return takeBack(known, (id) => {
    const { since = '' } = known.absences.get(id) ?? {};
    const { changedAt = '' } = items.get(id) ?? {};
    return changedAt > since;
  });
}

/** Finds the unseen items, and brings the survivors of tombstones up to date on the way. */
async function scanUnseen(
  isSeen: (id: string) => boolean,
  isConsistent: boolean,
  { table, archive, signal }: JudgingPorts,
): Promise<Unseen> {
  const items = new Map<string, UnseenItem>();
  const merged = new Map<string, MergedItem>();
  await table.scanUnseen(isSeen, isConsistent, signal, {
    unseen: (item) => items.set(item.id, item),
    merged: (item) => merged.set(item.id, item),
  });
  const words = await readWords(merged.values(), archive);
  const renamed = [...merged.values()].flatMap(({ id, mergedInto: from }) => {
    const to = words.get(id)?.mergedInto;
    return to === undefined || to === from ? [] : [{ id, from, to }];
  });
  await table.renameSurvivors(renamed);
  return items;
}

/** What carrying came to: the ids of what is gone, unless it is not done. */
type CarryEnd =
  | { readonly kind: 'carried'; readonly gone: ReadonlySet<string> }
  | Extract<JudgementEnd, { kind: 'look' | 'unfinished' }>;

/** Decides about what is due, and buries what may go. */
async function carry(
  { stream, policy, judging }: JudgedWalk,
  known: Known,
  items: Unseen,
  ports: JudgingPorts,
): Promise<CarryEnd> {
  const { absences, table, archive } = ports;
  const absent = items.values().filter(({ id }) => known.absences.has(id));
  const due = findDue(known, policy, await readWords(absent, archive));
  const approvals = await absences.approvals(stream, known.evidence);
  const decision = decide(known, due, momentOf(judging.facts), policy, approvals);
  if (needsLook(decision.free) && judging.look === undefined) {
    await absences.save(stream, decision.known);
    return { kind: 'look' };
  }
  const planned = plan(decision, judging);
  // Before the first burial, so that a crash can only make the guard stricter.
  await absences.save(stream, planned.known);
  const burials = planned.carry.flatMap((each) => {
    const item = items.get(each.id);
    const because = becauseOf(each, known.evidence, policy);
    const { mergedInto } = each;
    return item === undefined ? [] : [{ item, because, ...(mergedInto !== undefined && { mergedInto }) }];
  });
  const { done, gone } = await table.bury(burials, ports.hasTime);
  if (done < burials.length) return { kind: 'unfinished' };
  // What is known to be absent and has no live item was buried before a step was cut off.
  const goneBefore = [...known.absences.keys()].filter((id) => !items.has(id));
  return { kind: 'carried', gone: new Set([...gone, ...goneBefore]) };
}

/** What is carried, and what is known before that. */
function plan({ known, approved, free }: Decision, { facts, look }: Judging) {
  // Without anything to carry, an entry of what an earlier attempt carried has to stay.
  if (free.length === 0) return { known, carry: approved };
  const moment = { ...momentOf(facts), now: look?.ended ?? facts.ended };
  // What the look showed is no longer absent, so it is not due.
  const lookEnd = look && { failure: look.failure, isShown: () => false };
  const { known: planned, carry: unheld } = carryAfter(known, free, moment, lookEnd);
  const carry: readonly Due[] = [...approved, ...unheld];
  return { known: planned, carry };
}

async function close(
  stream: string,
  { unseen, gone }: CarriedAccount,
  isGone: (id: string) => boolean,
  { absences }: Pick<DeleteStores, 'absences'>,
): Promise<JudgementEnd> {
  const { known: planned } = await absences.load(stream);
  const known = takeBack(planned, isGone);
  if (known !== planned) await absences.save(stream, known);
  const fates = fatesOf(known, gone);
  if (isBalanced(unseen, fates)) return { kind: 'judged', evidence: 'counted', fates };
  const { missed, held, kept, overflow } = fates;
  const accounted = missed + held + kept + gone + overflow;
  const unbalanced = `${unseen} items are unseen, but ${accounted} are accounted for`;
  return { kind: 'judged', evidence: 'counted', fates, unbalanced };
}

function momentOf({ walkId, ended, live }: WalkFacts) {
  return { walkId, now: ended, live };
}
