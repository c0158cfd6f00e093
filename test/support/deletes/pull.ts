import {
  type Approval,
  approve,
  chooseHeld,
  reject,
  splitByApproval,
} from '../../../lambda/core/deletes/approval.ts';
import type { ArchiveEntry } from '../../../lambda/core/deletes/archive.ts';
import { fatesOf, isBalanced } from '../../../lambda/core/deletes/balance.ts';
import { type Decision, decide } from '../../../lambda/core/deletes/decide.ts';
import { nextDirection, readsOneWay } from '../../../lambda/core/deletes/direction.ts';
import { becauseOf, type Due, findDue } from '../../../lambda/core/deletes/due.ts';
import type { Known } from '../../../lambda/core/deletes/evidence.ts';
import { judge, noteUncounted, takeBack } from '../../../lambda/core/deletes/judge.ts';
import { carryAfter, lookDirection, needsLook, whyLookFails } from '../../../lambda/core/deletes/look.ts';
import type { DeletePolicy } from '../../../lambda/core/deletes/policy.ts';
import type { Sight } from '../../../lambda/core/deletes/sight.ts';
import { type WalkFacts, whyNotCounted } from '../../../lambda/core/deletes/walk-facts.ts';
import type { Direction } from '../../../lambda/core/pull/page.ts';
import type { ModelListing } from './listing.ts';
import type { Mirror } from './mirror.ts';
import { type Answers, type Findings, type Kind, type PageRead, read } from './reading.ts';

/** How a reading goes in one night. */
export interface Conditions {
  readonly answers: Answers;
  readonly isCached: boolean;
  /** Called before each request of the reading, with its number from 1; what it returns happens in place of the request. */
  readonly onRequest: (request: number) => 'stop' | 'fail' | undefined;
}

/** How a night goes. */
export interface Night {
  readonly walk: Conditions;
  readonly look: Conditions;
  /** Whether deletes are switched off, so that the walk leaves no evidence. */
  readonly isBlind: boolean;
  /** Called where the process may be killed. True: it is. */
  readonly isKilled: (place: string) => boolean;
}

/** Thrown where the process is killed. */
export class Killed extends Error {}

interface Reading {
  readonly sight: Sight;
  readonly findings: Findings;
  readonly pages: Generator<PageRead>;
  readonly began: number;
  readonly seen: Set<string>;
  repeated: number;
  requests: number;
  isCached: boolean;
}

/** A walk as its record has it. */
interface ModelWalk {
  readonly walkId: string;
  readonly previous: string | undefined;
  readonly sightNumber: number;
  isNoted: boolean;
  reading: Reading;
  phase: 'reading' | 'judging' | 'looking' | 'carrying';
  facts?: WalkFacts;
  unseen?: readonly string[];
  decision?: Decision;
  look?: Reading;
  carry?: readonly Due[];
}

/** What the pull reports to the history's referee. */
export interface Watch {
  walkEnds(end: {
    facts: WalkFacts;
    isCounted: boolean;
    shown: ReadonlySet<string>;
    sight: number;
    before: Known;
    after: Known;
  }): void;
  /** A walk that leaves no evidence, and what it showed. */
  givenUp(walkId: string, at: number, shown: ReadonlySet<string>): void;
  due(due: readonly Due[], unseen: readonly string[], known: Known): void;
  lookEnds(shown: ReadonlySet<string>, failure: string | undefined): void;
  decided(decision: Decision): void;
  buried(id: string, because: string, due: Due): void;
  unbalanced(message: string): void;
  carried(walkId: string, count: number, live: number): void;
}

const REQUEST_MS = 20_000;

/** A pull of one stream: it uses the decisions as the real one does, with a table and a listing in memory. */
export class ModelPull {
  #walk: ModelWalk | undefined;
  #lastWalkId: string | undefined;
  #walks = 0;
  sight: { readonly number: number; readonly sight: Sight; readonly isReconfigured: boolean };
  readonly archive = new Map<string, ArchiveEntry>();

  readonly kind: Kind;
  readonly policy: DeletePolicy;
  readonly listing: ModelListing;
  readonly mirror: Mirror;
  readonly watch: Watch;

  constructor(parts: Pick<ModelPull, 'kind' | 'policy' | 'listing' | 'mirror' | 'watch' | 'sight'>) {
    this.kind = parts.kind;
    this.policy = parts.policy;
    this.listing = parts.listing;
    this.mirror = parts.mirror;
    this.watch = parts.watch;
    this.sight = parts.sight;
  }

  get #now(): string {
    return new Date(this.listing.now).toISOString();
  }

  /** Reads on, judges and carries, as far as the night allows. @throws {Killed} */
  run(night: Night): void {
    const walk = this.#openWalk(night);
    if (walk.phase === 'reading') {
      const end = this.#readOn(walk.reading, night.walk);
      if (end === 'stop') return;
      if (night.isBlind) {
        this.watch.givenUp(walk.walkId, this.listing.now, walk.reading.seen);
        this.#lastWalkId = walk.walkId;
        this.#walk = undefined;
        return;
      }
      this.#endReading(walk, end === undefined, night);
      if (walk.phase === 'reading') return;
    }
    if (walk.phase === 'judging') this.#judge(walk, night);
    if (walk.phase === 'looking' && this.#look(walk, night) === 'stop') return;
    if (walk.phase === 'carrying') this.#carry(walk, night);
    this.#walk = undefined;
  }

  #openWalk(night: Night): ModelWalk {
    const left = this.#walk;
    if (left !== undefined && (left.phase !== 'reading' || !this.sight.isReconfigured)) return left;
    if (left !== undefined) {
      this.watch.givenUp(left.walkId, this.listing.now, left.reading.seen);
      this.#lastWalkId = left.walkId;
    }
    this.sight = { ...this.sight, isReconfigured: false };
    this.#walks += 1;
    const direction = nextDirection(this.mirror.load().evidence, this.policy.paging, this.#now);
    const walk: ModelWalk = {
      walkId: `walk-${this.#walks}`,
      previous: this.#lastWalkId,
      sightNumber: this.sight.number,
      isNoted: false,
      reading: this.#begin(this.kind === 'irregularHal' ? 'up' : direction, night.walk),
      phase: 'reading',
    };
    this.#walk = walk;
    return walk;
  }

  #begin(direction: Direction, night: Conditions): Reading {
    const findings: Findings = { direction, holes: 0 };
    const { lastPage } = this.mirror.load().evidence;
    return {
      sight: this.sight.sight,
      findings,
      pages: read(this.kind, this.listing, night.answers, findings, lastPage),
      began: this.listing.now,
      seen: new Set(),
      repeated: 0,
      requests: 0,
      isCached: night.isCached,
    };
  }

  #readOn(reading: Reading, night: Conditions): 'stop' | 'fail' | undefined {
    reading.isCached ||= night.isCached;
    for (;;) {
      const event = night.onRequest(reading.requests + 1);
      if (event !== undefined) return event;
      this.listing.now += REQUEST_MS;
      const { value: page, done } = reading.pages.next();
      if (done === true) return undefined;
      reading.requests += 1;
      for (const object of page.objects) {
        const id = String(object.id);
        if (!reading.seen.has(id)) reading.seen.add(id);
        else if (!page.isAgain) reading.repeated += 1;
        this.mirror.store(object);
      }
    }
  }

  /** After the last page: a walk that is no evidence ends here. */
  #endReading(walk: ModelWalk, isComplete: boolean, night: Night): void {
    const { reading } = walk;
    const { direction, holes, lastPage } = reading.findings;
    const live = this.mirror.liveIds();
    const facts: WalkFacts = {
      walkId: walk.walkId,
      ...(walk.previous !== undefined && { previous: walk.previous }),
      paging: this.policy.paging,
      began: new Date(reading.began).toISOString(),
      ended: this.#now,
      direction,
      isOneWay: this.kind === 'irregularHal',
      firstSight: reading.sight,
      sight: this.sight.sight,
      isComplete,
      ...(!isComplete && { isCutShort: true }),
      isFull: true,
      isCached: reading.isCached,
      pages: reading.requests,
      ...(lastPage !== undefined && { lastPage }),
      shown: reading.seen.size,
      repeated: reading.repeated,
      holes,
      live: live.length,
    };
    const before = this.mirror.load();
    this.#lastWalkId = walk.walkId;
    const isCounted = whyNotCounted(facts, before.evidence) === undefined;
    const unseen = live.filter((id) => !reading.seen.has(id));
    const after = isCounted
      ? judge(before, facts, unseen)
      : noteUncounted(before, facts, (id) => reading.seen.has(id));
    const end = { facts, isCounted, shown: reading.seen, sight: walk.sightNumber, before, after };
    if (!walk.isNoted) this.watch.walkEnds(end);
    this.mirror.save(after);
    walk.isNoted = true;
    // Killed before the next phase is saved, the walk ends once more.
    if (night.isKilled('after the walk was noted')) throw new Killed();
    if (!isCounted) {
      this.#walk = undefined;
      return;
    }
    walk.facts = facts;
    walk.unseen = unseen;
    walk.phase = 'judging';
  }

  /** From here on each phase may be done again. */
  #judge(walk: ModelWalk, night: Night): void {
    const { facts, unseen } = walk;
    if (facts === undefined || unseen === undefined) throw new Error('the walk has not ended');
    if (night.isKilled('before judging')) throw new Killed();
    // As after a crash before the phase was saved: the same walk is judged again.
    const known = judge(this.mirror.load(), facts, unseen);
    const due = findDue(known, this.policy, this.archive);
    this.watch.due(due, unseen, known);
    const moment = { walkId: walk.walkId, now: facts.ended, live: facts.live };
    const decision = decide(known, due, moment, this.policy, this.mirror.approvals);
    this.mirror.save(decision.known);
    if (night.isKilled('after deciding')) throw new Killed();
    this.watch.decided(decision);
    walk.decision = decision;
    walk.phase = needsLook(decision.free) ? 'looking' : 'carrying';
    if (walk.phase === 'carrying') this.#plan(walk, undefined);
  }

  #look(walk: ModelWalk, night: Night): 'stop' | undefined {
    const { facts } = walk;
    if (facts === undefined) throw new Error('the walk has not ended');
    walk.look ??= this.#begin(lookDirection(facts.direction, this.policy.paging), night.look);
    const end = this.#readOn(walk.look, night.look);
    if (end === 'stop') return 'stop';
    this.#plan(walk, { isComplete: end === undefined });
    walk.phase = 'carrying';
    return undefined;
  }

  #plan(walk: ModelWalk, look: { readonly isComplete: boolean } | undefined): void {
    const { facts, decision, look: reading } = walk;
    if (facts === undefined || decision === undefined) throw new Error('nothing was decided');
    const moment = { walkId: walk.walkId, now: this.#now, live: facts.live };
    if (look === undefined || reading === undefined) {
      if (decision.free.length === 0) {
        walk.carry = [];
        return;
      }
      const { known: planned, carry } = carryAfter(this.mirror.load(), decision.free, moment, undefined);
      this.mirror.save(planned);
      walk.carry = carry;
      return;
    }
    const lookFacts = {
      began: new Date(reading.began).toISOString(),
      ended: this.#now,
      direction: reading.findings.direction,
      firstSight: reading.sight,
      sight: this.sight.sight,
      isComplete: look.isComplete,
      isCached: reading.isCached,
      holes: reading.findings.holes,
      shown: reading.seen.size,
    };
    const failure = whyLookFails(lookFacts, facts, this.policy);
    this.watch.lookEnds(reading.seen, failure);
    const isShown = (id: string): boolean => reading.seen.has(id);
    const { known: planned, carry } = carryAfter(this.mirror.load(), decision.free, moment, {
      failure,
      isShown,
    });
    this.mirror.save(planned);
    walk.carry = carry;
  }

  #carry(walk: ModelWalk, night: Night): void {
    const { facts, decision, carry, unseen } = walk;
    if (facts === undefined || decision === undefined || carry === undefined || unseen === undefined) {
      throw new Error('nothing was planned');
    }
    const approved = decision.approved.filter(({ id }) => walk.look?.seen.has(id) !== true);
    const all = [...approved, ...carry];
    for (const [index, due] of all.entries()) {
      if (night.isKilled(`carrying ${index}`)) throw new Killed();
      const because = becauseOf(due, decision.known.evidence, this.policy);
      if (this.mirror.bury(due.id, because)) this.watch.buried(due.id, because, due);
    }
    this.watch.carried(walk.walkId, carry.length, facts.live);
    const gone = new Set(all.map(({ id }) => id));
    const known = takeBack(this.mirror.load(), (id) => gone.has(id));
    this.mirror.save(known);
    const left = unseen.filter((id) => walk.look?.seen.has(id) !== true).length;
    const fates = fatesOf(known, gone.size);
    if (!isBalanced(left, fates)) this.watch.unbalanced(`${left} unseen, but ${JSON.stringify(fates)}`);
  }

  /**
   * What an operator does in the morning with what is held: approves what may go, and keeps the rest.
   *
   * @returns The ids that are kept from now on.
   */
  operate(mayGo: (id: string) => boolean, atOnce: boolean): readonly string[] {
    const { held } = this.mirror.load().evidence;
    if (held === undefined) return [];
    const known = this.mirror.load();
    const choice = chooseHeld(known, held.id, []);
    if (choice.kind !== 'chosen') throw new Error(`the held set cannot be chosen: ${choice.kind}`);
    const approval = approve(known, choice.ids.filter(mayGo), { by: 'operator', at: this.#now });
    if (approval === undefined) throw new Error('nothing is held');
    const kept = choice.ids.filter((id) => !mayGo(id));
    const rejected = reject(known, kept, 'is listed');
    this.mirror.save(rejected);
    this.mirror.approvals = [...this.mirror.approvals, approval];
    if (atOnce && this.#walk === undefined) this.#carryApproved(rejected, approval);
    return kept;
  }

  #carryApproved(known: Known, approval: Approval): void {
    const held = findDue(known, this.policy, this.archive).filter(
      ({ id }) => known.absences.get(id)?.mark === 'held',
    );
    const { approved } = splitByApproval(held, [approval], known, this.#now);
    for (const due of approved) {
      const because = becauseOf(due, known.evidence, this.policy);
      if (this.mirror.bury(due.id, because)) this.watch.buried(due.id, because, due);
    }
    const gone = new Set(approved.map(({ id }) => id));
    this.mirror.save(takeBack(known, (id) => gone.has(id)));
  }

  /** Whether a walk is not done yet. */
  get isOpen(): boolean {
    return this.#walk !== undefined;
  }

  get isOneWay(): boolean {
    return readsOneWay(this.mirror.load().evidence, this.policy.paging);
  }
}
