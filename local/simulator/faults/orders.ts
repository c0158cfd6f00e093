import type { Fields, ObjectSet } from '../data/object-set.ts';
import { type Sequence, sequenceOf } from '../data/sequence.ts';

/** What a listing can be ordered by. Objects that are equal in it stand in the order of their numbers. */
export type OrderBy = 'key' | 'name' | 'modified';

/** The fields that name an object, in the modules. An object without one of them stands in front. */
const NAMES = ['name', 'title', 'subject', 'description', 'full_name', 'customerName', 'archived_reason'];

/** A set's orders as of its latest change. */
interface Orders {
  readonly names: Map<number, string>;
  changes: number;
  ascending: Map<OrderBy, readonly number[]>;
}

/** Sorts listings. Keeps the orders of a set until it changes, and the names of generated objects. */
export class ListingOrders {
  readonly #orders = new WeakMap<ObjectSet, Orders>();

  sort(ids: Sequence, set: ObjectSet, by: OrderBy, direction: 'up' | 'down'): Sequence {
    const all = this.#ascending(set, by);
    const listed = new Set(ids.length === all.length ? [] : ids.slice(0, ids.length));
    const wanted = ids.length === all.length ? all : all.filter((id) => listed.has(id));
    return sequenceOf(direction === 'up' ? wanted : wanted.toReversed());
  }

  #ascending(set: ObjectSet, by: OrderBy): readonly number[] {
    const orders = this.#ordersOf(set);
    const known = orders.ascending.get(by);
    if (known !== undefined) return known;
    const all = set.all();
    const sorted = all.slice(0, all.length).sort(comparison(set, by, orders.names));
    orders.ascending.set(by, sorted);
    return sorted;
  }

  #ordersOf(set: ObjectSet): Orders {
    const changes = set.presence.changes.length;
    const orders = this.#orders.get(set) ?? { names: new Map(), changes, ascending: new Map() };
    this.#orders.set(set, orders);
    if (orders.changes !== changes) {
      orders.changes = changes;
      orders.ascending = new Map();
    }
    return orders;
  }
}

function comparison(set: ObjectSet, by: OrderBy, names: Map<number, string>) {
  if (by === 'key') return (one: number, other: number) => one - other;
  if (by === 'modified') {
    return (one: number, other: number) => set.modified(one) - set.modified(other) || one - other;
  }
  const changed = new Set(set.overlaid());
  const name = (id: number): string => {
    if (changed.has(id)) return nameOf(set.get(id));
    const known = names.get(id) ?? nameOf(set.get(id));
    names.set(id, known);
    return known;
  };
  return (one: number, other: number) => compareTexts(name(one), name(other)) || one - other;
}

function nameOf(object: Fields = {}): string {
  const field = NAMES.find((each) => object[each] !== undefined);
  return field === undefined ? '' : String(object[field] ?? '');
}

/** Compares code units, so that the order is the same on every machine. */
function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
