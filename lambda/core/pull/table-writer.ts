import type { ByteBudget } from './byte-budget.ts';
import type { Prepared } from './prepare.ts';
import type { Reject } from './reject.ts';
import type { TableItem } from './table-map.ts';
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
   * Reads all items of the table, in any order.
   *
   * @param isConsistent - Whether the scan must see all earlier writes, which costs twice as much.
   * @param take - Receives the items of one answer. It returns false to end the scan.
   * @returns Whether all items were read.
   * @throws The signal's reason, if it aborts.
   */
  scan(
    isConsistent: boolean,
    signal: AbortSignal,
    take: (items: readonly TableItem[]) => boolean,
  ): Promise<boolean>;
  /**
   * Reads the items that exist.
   *
   * @param ids - At most {@link KEYS_PER_READ}, all different.
   * @param isConsistent - As for `scan`.
   */
  read(ids: readonly string[], isConsistent: boolean): Promise<readonly TableItem[]>;
  /**
   * Stores the objects.
   *
   * @param items - At most {@link ITEMS_PER_WRITE}, their ids all different.
   * @returns Those that the store refuses.
   */
  write(items: readonly Prepared[]): Promise<readonly Prepared[]>;
}

/** Compares objects with the walk's map of the table and writes those that differ. Batches are filled across pages. */
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
 * @param walk - Its map must have the items of the table, unless the walk reads them back. The writer counts `unchanged`, and `written`,
 * `rejected` and `returned` when the table answers.
 * @param budget - The objects that the writer holds count in it.
 * @param onRefused - Called for each object that the table refuses.
 */
export function createTableWriter(
  table: TablePort,
  walk: Pick<Walk, 'counts' | 'table' | 'readBack' | 'returned'>,
  budget: ByteBudget,
  onRefused: (reject: Reject) => void,
): TableWriter {
  const holdings = createHoldings(budget);
  const calls = createCalls();
  const toWrite: Prepared[] = [];

  /** Reads the items of the objects into the map, as far as the map does not know them. */
  const readBack = async (objects: readonly Prepared[], isConsistent: boolean): Promise<void> => {
    if (walk.readBack === undefined) return;
    const unknown = objects.filter(({ id }) => !walk.table.hasItem(id)).map(({ id }) => id);
    const batches = Array.from({ length: Math.ceil(unknown.length / KEYS_PER_READ) }, (_, index) =>
      unknown.slice(index * KEYS_PER_READ, (index + 1) * KEYS_PER_READ),
    );
    await Promise.all(
      batches.map(async (ids) => {
        for (const item of await table.read(ids, isConsistent)) walk.table.add(item);
      }),
    );
  };
  const startWrite = (isRepeated: boolean): void => {
    const items = toWrite.splice(0, ITEMS_PER_WRITE);
    calls.start(async () => {
      const refused = new Set(await table.write(items));
      items.forEach(holdings.release);
      if (isRepeated) walk.counts.repeated -= refused.size;
      else walk.counts.written += items.length - refused.size;
      walk.counts.rejected += refused.size;
      for (const item of items) {
        const { id, page, index } = item;
        if (refused.has(item)) onRefused({ id, reason: 'REFUSED', field: undefined, page, index });
        else noteStored(walk, item, isRepeated);
      }
    });
  };
  const flush = async (isRepeated: boolean): Promise<void> => {
    if (toWrite.length > 0) startWrite(isRepeated);
    await calls.settle(0);
  };
  const takeIn = async (objects: readonly Prepared[], isRepeated: boolean): Promise<void> => {
    await readBack(objects, isRepeated);
    for (const object of objects) {
      if (!walk.table.differs(object.id, object.hash)) {
        if (!isRepeated) walk.counts.unchanged += 1;
        continue;
      }
      if (!holdings.haveRoomFor(object)) await flush(isRepeated);
      holdings.hold(object);
      toWrite.push(object);
      if (toWrite.length < ITEMS_PER_WRITE) continue;
      startWrite(isRepeated);
      await calls.settle(MOST_CALLS_PENDING);
    }
  };

  return {
    add: (objects) => takeIn(objects, false),
    async addRepeated(objects) {
      if (objects.length === 0) return;
      // Earlier writes of these keys must have ended, because calls may overtake one another and the map must have what they stored.
      await flush(false);
      await takeIn(objects, true);
      await flush(true);
    },
    drain: () => flush(false),
  };
}

/** Notes that an object is stored, and whether it returned, which a tombstone in its place shows. */
function noteStored(
  walk: Pick<Walk, 'table' | 'returned'>,
  { id, hash }: Prepared,
  isRepeated: boolean,
): void {
  if (walk.table.hasTombstone(id)) walk.returned += 1;
  if (isRepeated) walk.table.wroteAgain(id, hash);
  else walk.table.wrote(id, hash);
}

/** The objects that wait for their write or are in flight, with the bytes that they take from the budget. */
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
