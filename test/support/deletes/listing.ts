/** An object of the model: a person in a list. */
export interface ModelObject {
  readonly id: number;
  readonly name: string;
  readonly modified: number;
  readonly revision: number;
}

type Compare = (a: ModelObject, b: ModelObject) => number;

/** The orders of a listing. Each is total, because ids differ. */
export const ORDERS = {
  'id up': (a, b) => a.id - b.id,
  'id down': (a, b) => b.id - a.id,
  name: (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id - b.id),
  'modified up': (a, b) => a.modified - b.modified || a.id - b.id,
  'modified down': (a, b) => b.modified - a.modified || b.id - a.id,
} as const satisfies Record<string, Compare>;

export type Order = keyof typeof ORDERS;

/** When an object was in the listing: from a moment on, up to another one. */
interface Stay {
  readonly from: number;
  to: number;
}

/** A listing that changes while it is read, with a record of what it contained when. */
export class ModelListing {
  /** Milliseconds since the epoch. */
  now: number;
  readonly #compare: Compare;
  readonly #objects = new Map<number, ModelObject>();
  readonly #listed: ModelObject[] = [];
  readonly #hidden = new Map<string, Set<number>>();
  readonly #stays = new Map<number, Stay[]>();
  #lastId = 0;

  constructor(order: Order, now: number) {
    this.#compare = ORDERS[order];
    this.now = now;
  }

  get count(): number {
    return this.#listed.length;
  }

  get listed(): readonly ModelObject[] {
    return this.#listed;
  }

  add(name: string): number {
    this.#lastId += 1;
    this.restore({ id: this.#lastId, name, modified: this.now, revision: 1 });
    return this.#lastId;
  }

  /** Adds an object that was removed before. */
  restore(object: ModelObject): void {
    this.#objects.set(object.id, object);
    this.#list(object);
  }

  remove(id: number): ModelObject | undefined {
    const object = this.#objects.get(id);
    if (object === undefined) return undefined;
    this.#unlist(object);
    this.#objects.delete(id);
    return object;
  }

  edit(id: number): void {
    const object = this.#objects.get(id);
    if (object === undefined) return;
    const edited = { ...object, modified: this.now, revision: object.revision + 1 };
    const wasListed = this.isListed(id);
    if (wasListed) this.#listed.splice(this.#placeOf(object), 1);
    this.#objects.set(id, edited);
    if (wasListed) this.#listed.splice(this.#placeOf(edited), 0, edited);
  }

  /** Takes objects out of sight, all for the same cause. Those that the cause hid before come back. */
  hide(cause: string, ids: readonly number[]): void {
    const before = this.#hidden.get(cause) ?? [];
    this.#hidden.set(cause, new Set(ids));
    for (const id of [...before, ...ids]) {
      const object = this.#objects.get(id);
      if (object === undefined) continue;
      if (this.#isHidden(id)) this.#unlist(object);
      else this.#list(object);
    }
  }

  /** The objects at places of the list; those of a page, for example. */
  slice(from: number, to: number): readonly ModelObject[] {
    return this.#listed.slice(from, to);
  }

  /** The ids of all objects, those out of sight included. */
  ids(): readonly number[] {
    return [...this.#objects.keys()];
  }

  isListed(id: number): boolean {
    return this.#stays.get(id)?.at(-1)?.to === Infinity;
  }

  /** Whether the listing contained the object at every moment from one to another. */
  stood(id: number, from: number, to: number): boolean {
    return this.#stays.get(id)?.some((stay) => stay.from <= from && to < stay.to) ?? false;
  }

  /** Since when the object is out of the listing; undefined if it is listed. */
  goneSince(id: number): number | undefined {
    const last = this.#stays.get(id)?.at(-1);
    return last === undefined || last.to === Infinity ? undefined : last.to;
  }

  #isHidden(id: number): boolean {
    return [...this.#hidden.values()].some((ids) => ids.has(id));
  }

  #list(object: ModelObject): void {
    if (this.isListed(object.id) || this.#isHidden(object.id)) return;
    this.#listed.splice(this.#placeOf(object), 0, object);
    const stays = this.#stays.get(object.id) ?? [];
    this.#stays.set(object.id, [...stays, { from: this.now, to: Infinity }]);
  }

  #unlist(object: ModelObject): void {
    const stay = this.#stays.get(object.id)?.at(-1);
    if (stay === undefined || stay.to !== Infinity) return;
    this.#listed.splice(this.#placeOf(object), 1);
    stay.to = this.now;
  }

  /** The first place whose object does not come before this one. */
  #placeOf(object: ModelObject): number {
    let low = 0;
    let high = this.#listed.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(this.#listed[middle] as ModelObject, object) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
