import { createdAt, offsetDateTime } from './data/dates.ts';
import { buildEmailRecipient, recipientCount } from './data/email-tracking.ts';
import type { Model } from './data/model.ts';
import { type Fields, ObjectSet } from './data/object-set.ts';
import type { Absence, ObjectChange, Period } from './data/presence.ts';
import type { Timeline } from './data/timeline.ts';
import { createSets, type ObjectKind, type Sets } from './object-kinds.ts';
import { RelationArchive } from './relation-archive.ts';
import { WriteHistory } from './write-history.ts';

/** A recipient's number is the email's number times this, plus the recipient's ordinal. */
const RECIPIENTS_PER_EMAIL = 2 ** 24;

/** All objects of the simulated environment. */
export class World {
  readonly model: Model;
  readonly timeline: Timeline;
  readonly sets: Sets;
  readonly relationArchive: RelationArchive;
  readonly history = new WriteHistory();
  readonly #recipients = new Map<number, ObjectSet>();

  constructor(model: Model, timeline: Timeline) {
    this.model = model;
    this.timeline = timeline;
    this.sets = createSets(model, timeline);
    this.relationArchive = new RelationArchive(this.sets, timeline, model.switches);
  }

  /** Returns the recipients of an email, in the order of their last update. Their numbers are ordinals. */
  recipientsOf(email: number): ObjectSet {
    const known = this.#recipients.get(email);
    if (known !== undefined) {
      return known;
    }
    const created = new ObjectSet({
      count: recipientCount(this.model, email),
      build: (ordinal) => buildEmailRecipient(this.model, email, ordinal),
      key: 'trackingCode',
      createdAt,
      movesOnEdit: true,
      timeline: this.timeline,
    });
    this.#recipients.set(email, created);
    return created;
  }

  /** @param fields - For a recipient also `email`, the number of the email. The default is 1. */
  create(kind: ObjectKind, fields: Fields = {}): number {
    if (kind !== 'emailRecipient') {
      return this.sets[kind].create(fields);
    }
    const { email = 1, ...shown } = fields;
    const ordinal = this.recipientsOf(Number(email)).create({ ...this.#lastUpdate(), ...shown });
    return Number(email) * RECIPIENTS_PER_EMAIL + ordinal;
  }

  get(kind: ObjectKind, id: number): Fields | undefined {
    const { set, number } = this.#locate(kind, id);
    return set.get(number);
  }

  /** Returns the value that identifies an object, also a removed one; undefined if there never was one with this number. */
  keyOf(kind: ObjectKind, id: number): unknown {
    const { set, number } = this.#locate(kind, id);
    return set.keyOf(number);
  }

  edit(kind: ObjectKind, id: number, fields: Fields): void {
    const { set, number } = this.#locate(kind, id);
    set.edit(number, kind === 'emailRecipient' ? { ...this.#lastUpdate(), ...fields } : fields);
  }

  remove(kind: ObjectKind, id: number): void {
    const { set, number } = this.#locate(kind, id);
    set.remove(number);
  }

  /** Brings a removed object back with exactly its last fields. */
  restore(kind: ObjectKind, id: number): void {
    const { set, number } = this.#locate(kind, id);
    set.restore(number);
  }

  /** Gives an object another key. @returns Its new number. */
  renumber(kind: ObjectKind, id: number): number {
    const { set, number } = this.#locate(kind, id);
    return id - number + set.renumber(number);
  }

  /** Returns the numbers of the objects of a kind that the listing had at every moment of a period, ascending. */
  standing(kind: ObjectKind, period: Period = {}): number[] {
    const { from = 0, to = Number.POSITIVE_INFINITY } = period;
    if (from > to) {
      throw new TypeError(`the period begins at moment ${from}, after its end at ${to}`);
    }
    return this.#setsOf(kind).flatMap(([offset, set]) => {
      const present = set.all();
      const numbers = new Set([...present.slice(0, present.length), ...set.presence.changed()]);
      return [...numbers]
        .filter((number) => set.presence.stood(number, period))
        .sort((one, other) => one - other)
        .map((number) => offset + number);
    });
  }

  /** Returns the times in which an object was in no listing of its kind. */
  absences(kind: ObjectKind, id: number): Absence[] {
    const { set, number } = this.#locate(kind, id);
    if (set.keyOf(number) === undefined) {
      throw new RangeError(`there never was an object with number ${id}`);
    }
    return set.presence.absences(number);
  }

  /** Returns all changes of objects of a kind, in order. */
  changes(kind: ObjectKind): ObjectChange[] {
    return this.#setsOf(kind)
      .flatMap(([offset, set]) =>
        set.presence.changes.map((change) => ({ ...change, number: offset + change.number })),
      )
      .sort((one, other) => one.moment - other.moment);
  }

  #locate(kind: ObjectKind, id: number): { set: ObjectSet; number: number } {
    return kind === 'emailRecipient'
      ? {
          set: this.recipientsOf(Math.floor(id / RECIPIENTS_PER_EMAIL)),
          number: id % RECIPIENTS_PER_EMAIL,
        }
      : { set: this.sets[kind], number: id };
  }

  /** Returns the sets of a kind, each with what is added to its numbers. */
  #setsOf(kind: ObjectKind): (readonly [offset: number, set: ObjectSet])[] {
    return kind === 'emailRecipient'
      ? [...this.#recipients].map(([email, set]) => [email * RECIPIENTS_PER_EMAIL, set])
      : [[0, this.sets[kind]]];
  }

  #lastUpdate(): Fields {
    return { lastUpdate: offsetDateTime(this.timeline.now(), this.model.switches.timeZone) };
  }
}
