import type { Timeline } from './timeline.ts';

/** A point on the simulator's timeline. */
export interface Point {
  readonly moment: number;
  /** RFC 3339 in UTC. */
  readonly at: string;
}

/** A change of an object. */
export interface ObjectChange extends Point {
  readonly number: number;
  readonly change: 'created' | 'edited' | 'removed' | 'restored';
}

/** A time in which a listing did not have an object. */
export interface Absence {
  readonly because: 'not created' | 'removed' | 'hidden';
  /** Undefined if the object was absent from the start. */
  readonly left?: Point;
  /** The moment of the return; of a hidden object, the last moment in which it was hidden. Undefined if it is still absent. */
  readonly back?: Point;
}

/** A period of the record, and the requests that count in it. */
export interface Period {
  /** The first moment. @default - The latest. */
  readonly from?: number;
  /** The last moment. @default - The latest. */
  readonly to?: number;
  /** Counts only what was hidden from requests for this path. @default - All paths. */
  readonly path?: string;
}

/** Requests in a row that a fault hid the same objects from. */
interface HiddenSpan {
  readonly path: string;
  readonly numbers: ReadonlySet<number>;
  readonly first: Point;
  last: Point;
}

/** The record of when the objects of a set were there. Only objects that changed or were hidden take memory. */
export class Presence {
  readonly #timeline: Timeline;
  readonly #changes: ObjectChange[] = [];
  readonly #byNumber = new Map<number, ObjectChange[]>();
  readonly #hidden: HiddenSpan[] = [];
  /** By path: the span of the request before, if objects were hidden from it. */
  readonly #open = new Map<string, HiddenSpan>();

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** All changes, in order. */
  get changes(): readonly ObjectChange[] {
    return this.#changes;
  }

  /** Numbers of the objects that changed. */
  changed(): number[] {
    return [...this.#byNumber.keys()];
  }

  /** @returns The moment of the change. */
  note(number: number, change: ObjectChange['change']): number {
    const noted = { ...this.#nextPoint(), number, change };
    this.#changes.push(noted);
    const known = this.#byNumber.get(number);
    if (known === undefined) this.#byNumber.set(number, [noted]);
    else known.push(noted);
    return noted.moment;
  }

  /** Notes which objects were hidden from a request for a path; usually none. */
  noteServed(path: string, hidden: ReadonlySet<number>): void {
    const open = this.#open.get(path);
    if (hidden.size === 0) {
      this.#open.delete(path);
      return;
    }
    const point = this.#nextPoint();
    if (open !== undefined && isEqual(open.numbers, hidden)) {
      open.last = point;
      return;
    }
    const span = { path, numbers: hidden, first: point, last: point };
    this.#hidden.push(span);
    this.#open.set(path, span);
  }

  /** Returns the times in which an object was absent, in order of their beginning. */
  absences(number: number): Absence[] {
    const absences: Absence[] = [];
    for (const { change, number: _number, ...point } of this.#byNumber.get(number) ?? []) {
      const open = absences.at(-1);
      if (change === 'created') absences.push({ because: 'not created', back: point });
      if (change === 'removed') absences.push({ because: 'removed', left: point });
      if (change === 'restored' && open !== undefined) absences.splice(-1, 1, { ...open, back: point });
    }
    const hidden = this.#hidden
      .filter(({ numbers }) => numbers.has(number))
      .map(({ first, last }): Absence => ({ because: 'hidden', left: first, back: last }));
    return [...absences, ...hidden].toSorted(
      (one, other) => (one.left?.moment ?? 0) - (other.left?.moment ?? 0),
    );
  }

  /** Whether an object that exists or existed was in the listing at every moment of a period. */
  stood(number: number, { from = this.#timeline.moment, to = this.#timeline.moment, path }: Period): boolean {
    const changes = this.#byNumber.get(number) ?? [];
    const before = changes.findLast(({ moment }) => moment <= from);
    const wasThere = before === undefined ? changes[0]?.change !== 'created' : before.change !== 'removed';
    const left = changes.some(({ moment, change }) => change === 'removed' && moment > from && moment <= to);
    const wasHidden = this.#hidden.some(
      (span) =>
        span.numbers.has(number) &&
        (path === undefined || span.path === path) &&
        span.last.moment >= from &&
        span.first.moment <= to,
    );
    return wasThere && !left && !wasHidden;
  }

  #nextPoint(): Point {
    return { moment: this.#timeline.next(), at: new Date(this.#timeline.now()).toISOString() };
  }
}

function isEqual(one: ReadonlySet<number>, other: ReadonlySet<number>): boolean {
  return one.size === other.size && [...one].every((number) => other.has(number));
}
