import type { Prepared } from './prepare.ts';
import type { Counts } from './receipt.ts';
import type { Reject } from './reject.ts';

/** Most keys of one BatchGetItem, and most items of one BatchWriteItem. */
export const KEYS_PER_READ = 100;
export const ITEMS_PER_WRITE = 25;
/** Calls under way or waiting for their turn; more, and the walk waits, so that memory stays bounded. */
const MOST_CALLS_PENDING = 32;

/** A stream's table, as the walk needs it. */
export interface TablePort {
  /**
   * The `_hash` of each item that is there, by `_id`.
   *
   * @param ids - At most {@link KEYS_PER_READ}, all different.
   * @param consistent - Whether writes of a moment ago must show.
   */
  readHashes(ids: readonly string[], consistent: boolean): Promise<ReadonlyMap<string, string>>;
  /**
   * Stores the objects.
   *
   * @param items - At most {@link ITEMS_PER_WRITE}, their ids all different.
   * @returns Those that the store refuses to hold.
   */
  write(items: readonly Prepared[]): Promise<readonly Prepared[]>;
}

/** Compares objects with the table and stores what differs, in full batches whatever the size of the pages. */
export interface Storing {
  /** Takes objects whose keys the walk had not seen; returns once there is room for more. */
  add(objects: readonly Prepared[]): Promise<void>;
  /** Takes objects whose keys the walk had seen: everything before them is stored first. */
  addRepeated(objects: readonly Prepared[]): Promise<void>;
  /** Returns once everything taken is stored. */
  drain(): Promise<void>;
}

/**
 * @param counts - `written`, `unchanged` and `rejected` are counted here, as the table's answers come in.
 * @param onRefused - Told of each object that the table cannot hold.
 */
export function createStoring(
  table: TablePort,
  counts: Counts,
  onRefused: (reject: Reject) => void,
): Storing {
  const calls = createCalls();
  const toCompare: Prepared[] = [];
  const toWrite: Prepared[] = [];

  const startCompare = (isRepeated: boolean): void => {
    const objects = toCompare.splice(0, KEYS_PER_READ);
    calls.start(async () => {
      const hashes = await table.readHashes(
        objects.map(({ id }) => id),
        isRepeated,
      );
      const changed = objects.filter(({ id, hash }) => hashes.get(id) !== hash);
      toWrite.push(...changed);
      if (!isRepeated) counts.unchanged += objects.length - changed.length;
      while (toWrite.length >= ITEMS_PER_WRITE) startWrite(isRepeated);
    });
  };
  const startWrite = (isRepeated: boolean): void => {
    const items = toWrite.splice(0, ITEMS_PER_WRITE);
    calls.start(async () => {
      const refused = await table.write(items);
      if (isRepeated) counts.repeated -= refused.length;
      else counts.written += items.length - refused.length;
      counts.rejected += refused.length;
      for (const { id, page, index } of refused) {
        onRefused({ id, reason: 'REFUSED', field: undefined, page, index });
      }
    });
  };
  const flush = async (isRepeated: boolean): Promise<void> => {
    while (toCompare.length > 0) startCompare(isRepeated);
    await calls.settle(0);
    while (toWrite.length > 0) startWrite(isRepeated);
    await calls.settle(0);
  };

  return {
    async add(objects) {
      toCompare.push(...objects);
      while (toCompare.length >= KEYS_PER_READ) startCompare(false);
      await calls.settle(MOST_CALLS_PENDING);
    },
    async addRepeated(objects) {
      if (objects.length === 0) return;
      await flush(false);
      toCompare.push(...objects);
      await flush(true);
    },
    drain: () => flush(false),
  };
}

/** Calls beside each other; the first failure is thrown at the next `settle`. */
function createCalls() {
  const pending = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  return {
    start(call: () => Promise<void>): void {
      // After a failure the walk is given up: what is under way ends, and nothing more begins.
      if (failure !== undefined) return;
      const running = call()
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => pending.delete(running));
      pending.add(running);
    },
    /** Returns once no more than that many are under way; throws only once none is. */
    async settle(most: number): Promise<void> {
      while (pending.size > (failure === undefined ? most : 0)) await Promise.race(pending);
      if (failure !== undefined) throw failure.error;
    },
  };
}
