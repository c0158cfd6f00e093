import { sightOf } from '../../../lambda/core/deletes/sight.ts';
import { Draws } from '../../../local/simulator/data/draws.ts';
import { drawHistory, type History } from './history.ts';
import { ModelListing, type ModelObject } from './listing.ts';
import { Mirror } from './mirror.ts';
import { drawMisfortune, goodFortune, type Misfortune } from './misfortunes.ts';
import { type Conditions, Killed, ModelPull, type Night } from './pull.ts';
import { Referee } from './referee.ts';

const HOUR_MS = 3_600_000;
const NIGHT_MS = 24 * HOUR_MS;
/** In one night. */
const MOST_KILLS = 3;
const BEGIN = Date.parse('2026-01-01T03:00:00.000Z');

/** What came of a history. */
export interface Outcome {
  readonly violations: readonly string[];
  /** Of the objects that were gone for good long enough, the tombstones. */
  readonly gone: number;
  readonly all: number;
  /** How many items became tombstones, those included whose objects came back. */
  readonly tombstones: number;
}

/** Plays a history, and some quiet nights after it. */
export function play(history: History): Outcome {
  const world = new World(history);
  for (let night = 1; night <= history.nights; night += 1) world.playNight(night);
  const outcome = world.referee.checkLateness();
  const before = world.referee.completeWalks;
  for (let quiet = 1; world.referee.completeWalks < before + 2 && quiet < 10; quiet += 1)
    world.playQuietNight();
  world.referee.checkTable();
  return { violations: world.referee.violations, ...outcome, tombstones: world.referee.tombstones };
}

/** Everything that happens to a stream, drawn from the history's seed. */
class World {
  readonly referee: Referee;
  readonly #history: History;
  readonly #draws: Draws;
  readonly #listing: ModelListing;
  readonly #mirror = new Mirror();
  readonly #pull: ModelPull;
  /** The job begins in the second night, so that the first one shows all objects. */
  #night = 0;
  #nextNight = BEGIN;
  #yesterday: readonly ModelObject[] = [];
  #archived: ModelObject[] = [];
  #sight = 0;

  constructor(history: History) {
    this.#history = history;
    this.#draws = new Draws(history.seed, 2, 0);
    this.#listing = new ModelListing(history.order, BEGIN - NIGHT_MS);
    for (let count = 0; count < history.objects; count += 1) {
      this.#listing.now += 1000;
      this.#listing.add(this.#drawName());
    }
    this.referee = new Referee(history, this.#listing, this.#mirror);
    const { kind, policy } = history;
    const sight = { number: 0, sight: this.#sightOf(0), isReconfigured: false };
    const parts = { kind, policy, listing: this.#listing, mirror: this.#mirror, sight };
    this.#pull = new ModelPull({ ...parts, watch: this.referee });
    this.referee.pull = this.#pull;
  }

  playNight(night: number): void {
    const { chances, hasOperator, pageSize } = this.#history;
    this.#night = night;
    this.#changeByDay();
    if (night > 1 && this.#draws.chance(chances.change)) this.#changeSight();
    this.#listing.now = Math.max(this.#nextNight, this.#listing.now);
    this.#nextNight += NIGHT_MS;
    const misfortune = this.#drawMisfortune();
    this.#yesterday = [...this.#listing.listed];
    const isBlind = this.#draws.chance(chances.blind);
    this.#run({ ...this.#nightOf(misfortune, this.#drawMisfortune()), isBlind });
    if (this.#draws.chance(chances.secondPull)) {
      this.#listing.now += this.#draws.between(1, 8) * HOUR_MS;
      this.#run(this.#nightOf(goodFortune(pageSize), goodFortune(pageSize)));
    }
    this.#hideSome(0);
    this.#listing.now += HOUR_MS;
    if (hasOperator) this.#operate();
  }

  playQuietNight(): void {
    this.#listing.now = Math.max(this.#nextNight, this.#listing.now);
    this.#nextNight += NIGHT_MS;
    const well = { ...goodFortune(this.#history.pageSize), onRequest: () => undefined };
    this.#pull.run({ walk: well, look: well, isBlind: false, isKilled: () => false });
  }

  #drawMisfortune(): Misfortune {
    const { pageSize, chances } = this.#history;
    return drawMisfortune(this.#draws, this.#listing, pageSize, this.#yesterday, chances.fault);
  }

  /** Runs the pull, again after each kill. */
  #run(night: Night): void {
    for (;;) {
      try {
        this.#pull.run(night);
        return;
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      }
    }
  }

  #nightOf(walk: Misfortune, look: Misfortune): Night {
    const { chances, job } = this.#history;
    let kills = 0;
    return {
      walk: this.#conditionsOf(walk, this.#night > 1),
      look: this.#conditionsOf(look, this.#night > 1 && job?.runsInLooks === true),
      isBlind: false,
      isKilled: () => {
        const isKilled = kills < MOST_KILLS && this.#draws.chance(chances.kill);
        kills += Number(isKilled);
        return isKilled;
      },
    };
  }

  #conditionsOf({ answers, isCached, endsAt, end, outOfSight }: Misfortune, hasJob: boolean): Conditions {
    let events: { readonly at: number; readonly happens: () => void }[] | undefined;
    return {
      answers,
      isCached,
      onRequest: (request) => {
        if (events === undefined) {
          events = this.#drawEvents(request, hasJob);
          if (outOfSight > 0) this.#hideSome(outOfSight);
        }
        for (const { happens } of events.filter(({ at }) => at <= request)) happens();
        events = events.filter(({ at }) => at > request);
        return request === endsAt ? end : undefined;
      },
    };
  }

  /** What happens during a reading, before which request. */
  #drawEvents(request: number, hasJob: boolean): { at: number; happens: () => void }[] {
    const { most, pageSize, job } = this.#history;
    const requests = Math.ceil(this.#listing.count / pageSize) + 1;
    const at = (): number => this.#draws.between(request, Math.max(request, requests));
    const times = (count: number, happens: () => void) =>
      Array.from({ length: this.#draws.below(count + 1) }, () => ({ at: at(), happens }));
    const events = [
      ...times(most.removals, () => this.#remove(this.#drawId())),
      ...times(most.additions, () => this.#listing.add(this.#drawName())),
      ...times(most.edits, () => this.#listing.edit(this.#drawId())),
    ];
    if (job !== undefined && hasJob) {
      const moment = 1 + Math.floor(job.moment * requests);
      events.push({ at: moment, happens: () => this.#runJob() });
      if (job.kind === 'blink') {
        const end = moment + Math.max(1, Math.round(requests / 10));
        events.push({ at: end, happens: () => this.#listing.hide('blink', []) });
      }
    }
    return events;
  }

  #runJob(): void {
    const { job } = this.#history;
    if (job === undefined) return;
    const oldest = this.#listing.ids().toSorted((a, b) => a - b);
    if (job.kind === 'blink') {
      // In the middle, where readings in both directions are at the same moment.
      const from = Math.floor(oldest.length / 2) - 20;
      this.#listing.hide('blink', oldest.slice(from, from + job.objects));
    } else if (job.kind === 'touch') {
      for (let count = 0; count < job.objects; count += 1) this.#listing.edit(this.#drawId());
    } else {
      for (const id of oldest.slice(0, job.objects)) {
        this.#remove(id);
        this.#listing.add(this.#drawName());
      }
    }
  }

  #changeByDay(): void {
    const { most } = this.#history;
    this.#listing.hide('blink', []);
    const quietDays = most.removals === 0 && most.additions === 0 && most.edits === 0;
    if (quietDays) return;
    for (let count = this.#draws.below(most.removals + 3); count > 0; count -= 1) {
      this.#remove(this.#drawId());
    }
    for (let count = this.#draws.below(most.additions + 3); count > 0; count -= 1) {
      this.#listing.add(this.#drawName());
    }
    for (let count = this.#draws.below(20); count > 0; count -= 1) {
      this.#listing.edit(this.#drawId());
    }
    if (this.#draws.chance(20)) this.#bringBack();
  }

  /** Removes an object, which the archive's table mostly names, some of them with the object that it was merged into. */
  #remove(id: number): void {
    const object = this.#listing.remove(id);
    if (object === undefined || !this.#history.hasArchive || !this.#draws.chance(80)) return;
    this.#archived.push(object);
    const entry = { archivedAtMs: this.#listing.now };
    const survivor = this.#draws.chance(20) ? String(this.#drawId()) : undefined;
    this.#pull.archive.set(String(id), survivor === undefined ? entry : { ...entry, mergedInto: survivor });
  }

  /** Brings an archived object back whose item is a tombstone; the archive's entry stays. */
  #bringBack(): void {
    const object = this.#archived.find(({ id }) => !this.#mirror.isLive(String(id)));
    if (object === undefined) return;
    this.#archived = this.#archived.filter((each) => each !== object);
    this.#listing.restore(object);
  }

  #hideSome(count: number): void {
    const { listed } = this.#listing;
    const from = this.#draws.below(Math.max(1, listed.length - count));
    this.#listing.hide(
      'fault',
      listed.slice(from, from + count).map(({ id }) => id),
    );
  }

  /** 0: as at first. 1: another query, which shows less. 2: a scope less, which shows less. 3: a scope more. */
  #changeSight(): void {
    this.#sight = this.#draws.pick([0, 1, 2, 3].filter((sight) => sight !== this.#sight));
    const isReconfigured = this.#pull.sight.number === 1 || this.#sight === 1;
    const hidden = { 0: 0, 1: 25, 2: 50, 3: 0 }[this.#sight] ?? 0;
    this.#listing.hide('sight', hidden === 0 ? [] : this.#listing.ids().filter((id) => id % hidden === 0));
    this.#pull.sight = { number: this.#sight, sight: this.#sightOf(this.#sight), isReconfigured };
  }

  #sightOf(number: number) {
    const stream = {
      path: '/members',
      query: { filter: number === 1 ? 'some' : 'all' },
      mediaType: 'application/json',
      key: ['id'],
      paging: { kind: this.#history.policy.paging, ahead: 1, field: 'id' },
    };
    const scopes = { 2: ['members'], 3: ['members', 'names', 'orders'] }[number] ?? ['members', 'names'];
    return sightOf(stream, {
      host: 'https://acme.procurios.site',
      grant: 'clientCredentials',
      clientId: 'client',
      scopes,
    });
  }

  /** The operator approves what is gone, and keeps the rest and some of what is gone. */
  #operate(): void {
    const isGone = (id: string): boolean => !this.#listing.isListed(Number(id)) && Number(id) % 10 !== 0;
    this.referee.keeps(this.#pull.operate(isGone, this.#draws.chance(50)));
  }

  /** The id of a listed object; 0 if the list is empty. */
  #drawId(): number {
    const { listed } = this.#listing;
    return listed[this.#draws.below(listed.length)]?.id ?? 0;
  }

  #drawName(): string {
    return this.#draws.digits(6);
  }
}

/** What came of many histories. */
export interface Sweep {
  /** One text per history with violations, with the seed that repeats it. */
  readonly failures: readonly string[];
  /** The share of tombstones among the objects gone long enough, in ordered listings whose operator approves what is held. */
  readonly goneShare: number;
}

/** Plays the histories of so many seeds. If the environment variable SWEEP_SEED is set, only that of this seed. */
export function sweepDeletes(first: number, count: number): Sweep {
  const only = process.env.SWEEP_SEED;
  const seeds =
    only === undefined ? Array.from({ length: count }, (_, index) => first + index) : [Number(only)];
  const failures: string[] = [];
  let gone = 0;
  let all = 0;
  for (const seed of seeds) {
    const history = drawHistory(seed);
    const outcome = play(history);
    if (outcome.violations.length > 0) {
      const [shown] = [outcome.violations.slice(0, 5).join('; ')];
      failures.push(`SWEEP_SEED=${seed}: ${shown}\n${JSON.stringify(history)}`);
    }
    const isOrdered = ['id up', 'id down', 'name'].includes(history.order);
    if (!isOrdered || !history.hasOperator || history.policy.mode === 'report') continue;
    gone += outcome.gone;
    all += outcome.all;
  }
  return { failures, goneShare: all === 0 ? 1 : gone / all };
}
