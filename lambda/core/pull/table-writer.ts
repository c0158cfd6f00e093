import type { ByteBudget } from './byte-budget.ts';
import type { Prepared } from './prepare.ts';
import type { Reject } from './reject.ts';
import type { Walk } from './walk.ts';

/** The most keys of a BatchGetItem, and the most items of a BatchWriteItem. */
export const KEYS_PER_READ = 100;
export const ITEMS_PER_WRITE = 25;
/** The walk waits while more calls than this are pending, so that memory stays bounded. */
const MOST_CALLS_PENDING = 32;
/** What the writer may hold however large the pages are, so that batches stay larger than single objects. 16 MB. */
const LEAST_BYTES = 16 * 1024 * 1024;
/** An object counts twice, because its write's request is in memory too. */
const weightOf = ({ bytes }: Prepared): number => 2 * bytes;

/** A stream's table. */
export interface TablePort {
  /**
   * Reads the `_hash` of each item that exists, by `_id`.
   *
   * @param ids - At most {@link KEYS_PER_READ}, all different.
   * @param consistent - Whether the read must see all earlier writes.
   */
  readHashes(ids: readonly string[], consistent: boolean): Promise<ReadonlyMap<string, string>>;
  /**
   * Stores the objects.
   *
   * @param items - At most {@link ITEMS_PER_WRITE}, their ids all different.
   * @returns Those that the store refuses.
   */
  write(items: readonly Prepared[]): Promise<readonly Prepared[]>;
}

/** Compares objects with the table and writes those that differ. Batches are filled across pages. */
export interface TableWriter {
  /** Takes objects whose keys the walk had not seen. Resolves when there is room for more. */
  add(objects: readonly Prepared[]): Promise<void>;
  /** Takes objects whose keys the walk had seen. Resolves when they and all objects before them are stored. */
  addRepeated(objects: readonly Prepared[]): Promise<void>;
  /** Resolves when all objects that were added are stored. */
  drain(): Promise<void>;
}

/**
 * Creates the writer of one slice.
 *
 * @param walk - The writer counts `added`, `written`, `unchanged` and `rejected` when the table answers.
 * @param budget - The objects that the writer holds count in it.
 * @param onRefused - Called for each object that the table refuses.
 */
export function createTableWriter(
  table: TablePort,
  walk: Pick<Walk, 'counts' | 'added'>,
  budget: ByteBudget,
  onRefused: (reject: Reject) => void,
): TableWriter {
  const holdings = createHoldings(budget);
  const calls = createCalls();
  const toCompare: Prepared[] = [];
  const toWrite: Prepared[] = [];
  /** Ids of objects to write that the table does not have. */
  const absent = new Set<string>();

  const startCompare = (isRepeated: boolean): void => {
    const objects = toCompare.splice(0, KEYS_PER_READ);
    calls.start(async () => {
      const hashes = await table.readHashes(idsOf(objects), isRepeated);
      for (const object of objects) {
        if (hashes.get(object.id) === object.hash) {
          holdings.release(object);
          if (!isRepeated) walk.counts.unchanged += 1;
          continue;
        }
        toWrite.push(object);
        if (!hashes.has(object.id)) absent.add(object.id);
      }
      while (toWrite.length >= ITEMS_PER_WRITE) startWrite(isRepeated);
    });
  };
  const startWrite = (isRepeated: boolean): void => {
    const items = toWrite.splice(0, ITEMS_PER_WRITE);
    calls.start(async () => {
      const refused = await table.write(items);
      items.forEach(holdings.release);
      if (isRepeated) walk.counts.repeated -= refused.length;
      else walk.counts.written += items.length - refused.length;
      walk.counts.rejected += refused.length;
      for (const { id, page, index } of refused) {
        absent.delete(id);
        onRefused({ id, reason: 'REFUSED', field: undefined, page, index });
      }
      for (const { id } of items) if (absent.delete(id)) walk.added += 1;
    });
  };
  const flush = async (isRepeated: boolean): Promise<void> => {
    if (toCompare.length > 0) startCompare(isRepeated);
    await calls.settle(0);
    if (toWrite.length > 0) startWrite(isRepeated);
    await calls.settle(0);
  };
  const takeIn = async (objects: readonly Prepared[], isRepeated: boolean): Promise<void> => {
    for (const object of objects) {
      if (!holdings.haveRoomFor(object)) await flush(isRepeated);
      holdings.hold(object);
      toCompare.push(object);
      if (toCompare.length < KEYS_PER_READ) continue;
      startCompare(isRepeated);
      await calls.settle(MOST_CALLS_PENDING);
    }
  };

  return {
    add: (objects) => takeIn(objects, false),
    async addRepeated(objects) {
      if (objects.length === 0) return;
      await flush(false);
      await takeIn(objects, true);
      await flush(true);
    },
    drain: () => flush(false),
  };
}

const idsOf = (objects: readonly Prepared[]): string[] => objects.map(({ id }) => id);

/** The objects that wait or are under way, as far as they count in the budget. */
function createHoldings(budget: ByteBudget) {
  let held = 0;
  return {
    haveRoomFor(object: Prepared): boolean {
      const weight = weightOf(object);
      return held + weight <= LEAST_BYTES || budget.fits(weight);
    },
    hold(object: Prepared): void {
      held += weightOf(object);
      budget.take(weightOf(object));
    },
    release(object: Prepared): void {
      held -= weightOf(object);
      budget.free(weightOf(object));
    },
  };
}

/** Concurrent calls. The first failure is thrown by the next `settle`. */
function createCalls() {
  const pending = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  return {
    start(call: () => Promise<void>): void {
      // The slice fails anyway, so no further call starts.
      if (failure !== undefined) return;
      const running = call()
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => pending.delete(running));
      pending.add(running);
    },
    /** Resolves when at most this many calls are pending. Throws a failure when no call is pending any more. */
    async settle(most: number): Promise<void> {
      while (pending.size > (failure === undefined ? most : 0)) await Promise.race(pending);
      if (failure !== undefined) throw failure.error;
    },
  };
}
