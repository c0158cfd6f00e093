import type { Decision } from '../../../lambda/core/deletes/decide.ts';
import type { Due } from '../../../lambda/core/deletes/due.ts';
import type { Known } from '../../../lambda/core/deletes/evidence.ts';
import { turns } from '../../../lambda/core/deletes/policy.ts';
import type { History } from './history.ts';
import type { ModelListing } from './listing.ts';
import type { Mirror } from './mirror.ts';
import type { ModelPull, Watch } from './pull.ts';
import { type LoggedWalk, type ReferenceWord, referenceWord } from './reference.ts';

const HOUR_MS = 3_600_000;

const NO_EVIDENCE = { isCounted: false, isOneWay: false, isGivenUp: false, isUnclean: false };

/** Whether a sight may show less than another one: 1 is another query, 2 has a scope less, 3 has one more. */
function showsLess(before: number, now: number): boolean {
  const scopes = [2, 2, 1, 3];
  return (before === 1) !== (now === 1) || (scopes[now] ?? 0) < (scopes[before] ?? 0);
}

/** Holds what a pull does against the listing's own record, and notes what it must not do. */
export class Referee implements Watch {
  readonly violations: string[] = [];
  readonly #history: History;
  readonly #listing: ModelListing;
  readonly #mirror: Mirror;
  readonly #log: LoggedWalk[] = [];
  readonly #kept = new Set<string>();
  /** What an operator was to decide and no walk has shown since. */
  readonly #held = new Set<string>();
  #sight = 0;
  #words = new Map<string, ReferenceWord>();
  #carried: { readonly at: number; readonly count: number }[] = [];
  #lookFailed = false;
  #completeWalks = 0;
  #tombstones = 0;
  pull: ModelPull | undefined;

  constructor(history: History, listing: ModelListing, mirror: Mirror) {
    this.#history = history;
    this.#listing = listing;
    this.#mirror = mirror;
  }

  get tombstones(): number {
    return this.#tombstones;
  }

  get completeWalks(): number {
    return this.#completeWalks;
  }

  walkEnds({ facts, isCounted, shown, sight, before, after }: Parameters<Watch['walkEnds']>[0]): void {
    if (facts.isComplete) this.#completeWalks += 1;
    const lastCounted = this.#log.findLast((walk) => walk.isCounted);
    const isNewSight = isCounted && showsLess(this.#sight, sight);
    if (isCounted) this.#sight = sight;
    this.#log.push({
      walkId: facts.walkId,
      began: Date.parse(facts.began),
      ended: Date.parse(facts.ended),
      sight: (lastCounted?.sight ?? 0) + Number(isNewSight),
      direction: facts.direction,
      isCounted,
      isOneWay: facts.isOneWay,
      isGivenUp: false,
      isUnclean:
        facts.shown === 0 ||
        (facts.holes > 0 && this.#history.policy.holes === 'wait') ||
        facts.repeated > Math.max(9, 0.03 * facts.shown),
      shown,
    });
    this.#showed(shown);
    if (isCounted) this.#checkDistance(lastCounted);
    else this.#checkUncounted(facts.walkId, before, after);
    this.#lookFailed = false;
  }

  givenUp(walkId: string, at: number, shown: ReadonlySet<string>): void {
    const sight = this.#log.at(-1)?.sight ?? 0;
    const facts = { ...NO_EVIDENCE, isGivenUp: true, shown };
    this.#log.push({ walkId, began: at, ended: at, sight, direction: 'up', ...facts });
  }

  due(due: readonly Due[], unseen: readonly string[], known: Known): void {
    const { goneAfter, paging } = this.#history.policy;
    const isOneWay = this.pull?.isOneWay === true;
    this.#words = new Map();
    for (const id of unseen) {
      if (this.#kept.has(id)) continue;
      const word = referenceWord(id, this.#log, goneAfter, isOneWay, turns(paging));
      if (word !== undefined) this.#words.set(id, word);
    }
    const found = new Map(due.map((each) => [each.id, each]));
    for (const [id, word] of this.#words) {
      const each = found.get(id);
      if (each === undefined) this.#note(`${id} is not due, but was missed ${word.witnesses.length} times`);
      else if (word.wasNeverShown !== undefined && each.wasNeverShown !== word.wasNeverShown) {
        this.#note(`${id} is taken for ${each.wasNeverShown ? 'never' : 'once'} shown`);
      }
    }
    for (const { id, because } of due) {
      if (because === 'absent' ? this.#words.has(id) : this.#isExplained(id)) continue;
      this.#note(`${id} is due as ${because} without reason: ${JSON.stringify(known.absences.get(id))}`);
    }
  }

  decided({ approved, known }: Decision): void {
    for (const [id, { mark }] of known.absences) if (mark === 'held') this.#held.add(id);
    const named = new Set(this.#mirror.approvals.flatMap(({ ids }) => ids));
    for (const { id } of approved) if (!named.has(id)) this.#note(`${id} was never approved`);
  }

  lookEnds(shown: ReadonlySet<string>, failure: string | undefined): void {
    const last = this.#log.at(-1);
    if (last === undefined) return;
    this.#lookFailed = failure !== undefined;
    const facts = { ...NO_EVIDENCE, shown };
    this.#showed(shown);
    this.#log.push({ ...last, ...facts, walkId: `${last.walkId} look`, ended: this.#listing.now });
  }

  buried(id: string, because: string, { heldId }: Due): void {
    this.#tombstones += 1;
    const { mode } = this.#history.policy;
    if (mode === 'report') this.#note(`${id} is a tombstone, although the stream only reports`);
    if (heldId !== undefined) return;
    if (this.#held.has(id)) this.#note(`${id} was held, and no operator approved it`);
    const last = this.#log.at(-1);
    const witnesses = because.startsWith('absent') ? this.#words.get(id)?.witnesses : undefined;
    if (witnesses !== undefined && this.#lookFailed)
      this.#note(`${id} is a tombstone after a look that failed`);
    if (witnesses?.some(({ isUnclean }) => isUnclean) === true) this.#note(`${id} has unclean evidence`);
    if (this.#words.get(id)?.wasNeverShown === true)
      this.#note(`${id} was never shown, and no operator approved it`);
    if (witnesses !== undefined && this.pull?.isOneWay === true) this.#note(`${id} was only missed upwards`);
    const from = witnesses?.at(-1)?.began ?? last?.began ?? 0;
    const to = witnesses === undefined ? this.#listing.now : (last?.ended ?? 0);
    if (this.#listing.stood(Number(id), from, to)) this.#note(`WRONG: ${id} is a tombstone, ${because}`);
    if (last?.shown.has(id) === true) this.#note(`${id} was shown by ${last.walkId}, and is a tombstone`);
    const named = because.split(' ').slice(1);
    if (
      witnesses !== undefined &&
      named.join() !==
        witnesses
          .map(({ walkId }) => walkId)
          .reverse()
          .join()
    ) {
      this.#note(`${id} names ${because}, but its witnesses are others`);
    }
  }

  carried(_walkId: string, count: number, live: number): void {
    if (count === 0) return;
    const limit = Math.floor(Math.min(Math.max(10, Math.min(0.05 * live, 500)), live / 2));
    const { now } = this.#listing;
    this.#carried = [...this.#carried, { at: now, count }].filter(({ at }) => now - at < 7 * 24 * HOUR_MS);
    const inWeek = this.#carried.reduce((sum, each) => sum + each.count, 0);
    if (count > limit) this.#note(`${count} were carried without an operator, of at most ${limit}`);
    // The ledger's times are those of the plans, which may be some hours before the carrying.
    if (inWeek > 3 * limit) this.#note(`${inWeek} were carried in a week, of at most ${3 * limit}`);
  }

  unbalanced(message: string): void {
    this.#note(message);
  }

  keeps(ids: readonly string[]): void {
    for (const id of ids) this.#kept.add(id);
  }

  /** After quiet walks: whether the table equals the listing, and what is gone from the listing has a reason to be in the table. */
  checkTable(): void {
    for (const { id, revision } of this.#listing.listed) {
      const item = this.#mirror.items.get(String(id));
      if (item === undefined || item.deletedBecause !== undefined) this.#note(`LOST: ${id}`);
      else if (item.revision !== revision) this.#note(`STALE: ${id}`);
    }
    const { absences } = this.#mirror.load();
    for (const id of this.#mirror.liveIds()) {
      if (!this.#listing.isListed(Number(id)) && !absences.has(id))
        this.#note(`${id} is not known to be absent`);
    }
  }

  /** How many of the objects that were gone for good long enough are tombstones, and how many of them there are. */
  checkLateness(): { readonly gone: number; readonly all: number } {
    const { absences, evidence } = this.#mirror.load();
    const waits = evidence.waitingSince !== undefined || this.pull?.isOpen === true;
    let gone = 0;
    let all = 0;
    for (const [id, { deletedBecause }] of this.#mirror.items) {
      const since = this.#listing.goneSince(Number(id));
      if (since === undefined || !this.#wasMissedLong(since)) continue;
      all += 1;
      if (deletedBecause !== undefined) {
        gone += 1;
        continue;
      }
      const mark = absences.get(id)?.mark;
      if (mark !== 'held' && mark !== 'kept' && !waits && this.#history.policy.mode !== 'report') {
        this.#note(`LATE: ${id} is gone, and is ${JSON.stringify(absences.get(id))}`);
      }
    }
    return { gone, all };
  }

  /** Whether more counted walks than an object must miss began after the moment, in a row. */
  #wasMissedLong(moment: number): boolean {
    const sight = this.#log.at(-1)?.sight;
    const reset = this.#log.findLastIndex((walk) => walk.isGivenUp || walk.sight !== sight);
    const counted = this.#log.slice(reset + 1).filter((walk) => walk.isCounted && walk.began > moment);
    return counted.length > this.#history.policy.goneAfter;
  }

  #isExplained(id: string): boolean {
    const entry = this.pull?.archive.get(id);
    const shownBy = this.#log.findLast(({ shown }) => shown.has(id));
    return entry !== undefined && entry.archivedAtMs >= (shownBy?.began ?? 0) - HOUR_MS;
  }

  #checkDistance(before: LoggedWalk | undefined): void {
    const last = this.#log.at(-1);
    if (before === undefined || last === undefined) return;
    if (last.began - before.began < 10 * HOUR_MS) this.#note(`${last.walkId} counts, but began too soon`);
  }

  #checkUncounted(walkId: string, before: Known, after: Known): void {
    for (const [id, { missed }] of after.absences) {
      const earlier = before.absences.get(id)?.missed;
      if (earlier === undefined || missed > earlier)
        this.#note(`${walkId} does not count, but ${id} is missed`);
    }
  }

  #showed(shown: ReadonlySet<string>): void {
    for (const id of shown) {
      this.#kept.delete(id);
      this.#held.delete(id);
    }
  }

  #note(violation: string): void {
    this.violations.push(`${this.#log.at(-1)?.walkId}: ${violation}`);
  }
}
