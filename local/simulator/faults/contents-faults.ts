import type { ApiCall } from '../api-call.ts';
import { Draws } from '../data/draws.ts';
import type { ObjectSet } from '../data/object-set.ts';
import { sequenceOf } from '../data/sequence.ts';
import type { Listing } from '../listing.ts';
import type { FaultHooks } from './fault-hooks.ts';
import { ListingOrders, type OrderBy } from './orders.ts';
import { type Selection, select } from './selection.ts';

interface OrderOptions {
  /** @default key */
  readonly by?: OrderBy;
  /** @default up */
  readonly direction?: 'up' | 'down';
}

interface HideOptions {
  readonly objects: Selection;
  /** Seed of a random selection. @default 1 */
  readonly seed?: number;
}

interface JobOptions {
  /** How many removed objects come back with exactly their old fields, the earliest removed first. */
  readonly restores?: number;
  readonly removes?: Selection;
  /** Relations that are archived, whatever the listing has. */
  readonly archives?: Selection;
  /** Relations that are merged, each into the next and all but the last archived, whatever the listing has. */
  readonly merges?: Selection;
  /** Objects that get another key. */
  readonly renumbers?: Selection;
  readonly edits?: Selection;
  /** How many objects are added. */
  readonly adds?: number;
  /** Seed of random selections. @default 1 */
  readonly seed?: number;
}

/** Faults in which objects a listing has, and in which order. */
export const contentsFaults = {
  /** Orders a listing. No effect on a listing with a cursor, whose order is the cursor's. */
  order({ by = 'key', direction = 'up' }: OrderOptions) {
    const orders = new ListingOrders();
    return {
      arrange: (listing: Listing) =>
        listing.set === undefined || listing.cut.by === 'cursor'
          ? listing
          : { ...listing, ids: orders.sort(listing.ids, listing.set, by, direction) },
    };
  },

  /**
   * Hides objects, which still exist. They are selected at the first affected request. The simulator's record counts them as absent
   * meanwhile.
   */
  hide({ objects, seed = 1 }: HideOptions) {
    let hidden: readonly number[] | undefined;
    return {
      hide({ ids }: Listing) {
        hidden ??= select(objects, ids, new Draws(seed, 0, 0));
        return hidden;
      },
    };
  },

  /** Serves a listing as if it had no objects. The simulator's record does not count them as absent. */
  emptyListing() {
    return {
      arrange: (listing: Listing): Listing => ({
        ...listing,
        ids: sequenceOf([]),
        cut: listing.cut.by === 'cursor' ? { ...listing.cut, start: 0 } : listing.cut,
      }),
    };
  },

  /** Changes objects before a page is served, as a job that runs while a client reads. The changes are permanent. */
  job({ seed = 1, ...work }: JobOptions) {
    let turns = 0;
    return {
      disturb({ set }: Listing, call: ApiCall) {
        turns += 1;
        const draws = new Draws(seed, 0, turns);
        if (set !== undefined) perform(work, set, call, draws);
      },
    };
  },

  /**
   * Removes an object of the list, inserts one in front of the list or at its end, or edits one, before a page is served. A
   * client that reads all pages then misses an object or sees one twice. The change is permanent.
   *
   * @param options - `at`: the place of the object to remove or edit, from 0; beyond the end it counts on from the front.
   */
  shift({ by, at = 0 }: { by: 'removal' | 'insertion' | 'addition' | 'edit'; at?: number }) {
    return {
      disturb({ ids, set }: Listing) {
        const place = ids.length === 0 ? 0 : at % ids.length;
        const [id] = ids.slice(place, 1);
        if (by === 'insertion' || by === 'addition') {
          set?.create({}, by === 'insertion' ? 'first' : 'last');
        } else if (id !== undefined && by === 'removal') {
          set?.remove(id);
        } else if (id !== undefined && set !== undefined) {
          revise(set, id);
        }
      },
    };
  },
} satisfies Record<string, (options: never) => FaultHooks>;

function perform(work: Omit<JobOptions, 'seed'>, set: ObjectSet, { world }: ApiCall, draws: Draws): void {
  const { sets, relationArchive } = world;
  const selected = (selection: Selection | undefined, from: ObjectSet = set) =>
    selection === undefined ? [] : select(selection, from.all(), draws);
  for (const id of set.removed().slice(0, work.restores ?? 0)) set.restore(id);
  for (const id of selected(work.removes)) set.remove(id);
  for (const id of selected(work.archives, sets.relation)) relationArchive.archive(id);
  const merged = selected(work.merges, sets.relation);
  for (const [index, kept] of merged.slice(1).entries()) relationArchive.merge(merged[index] ?? 0, kept);
  for (const id of selected(work.renumbers)) set.renumber(id);
  for (const id of selected(work.edits)) revise(set, id);
  for (let added = 0; added < (work.adds ?? 0); added += 1) set.create();
}

/** Edits an object, which counts its edits in `revision`. */
function revise(set: ObjectSet, id: number): void {
  set.edit(id, { revision: Number(set.get(id)?.revision ?? 0) + 1 });
}
