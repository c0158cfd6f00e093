import type { Prepared } from './prepare.ts';
import type { Reject } from './reject.ts';
import type { Walk } from './walk.ts';

/** The most keys of a BatchGetItem, and the most items of a BatchWriteItem. */
export const KEYS_PER_READ = 100;
export const ITEMS_PER_WRITE = 25;
/** The walk waits while more calls than this are pending, so that memory stays bounded. */
const MOST_CALLS_PENDING = 32;

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
 * @param onRefused - Called for each object that the table refuses.
 */
export function createTableWriter(
  table: TablePort,
  walk: Pick<Walk, 'counts' | 'added'>,
  onRefused: (reject: Reject) => void,
): TableWriter {
  const { counts } = walk;
  const calls = createCalls();
  const toCompare: Prepared[] = [];
  const toWrite: Prepared[] = [];
  /** Ids of objects to write that the table does not have. */
  const absent = new Set<string>();

  const startCompare = (isRepeated: boolean): void => {
    const objects = toCompare.splice(0, KEYS_PER_READ);
    calls.start(async () => {
      const hashes = await table.readHashes(
        objects.map(({ id }) => id),
        isRepeated,
      );
      const changed = objects.filter(({ id, hash }) => hashes.get(id) !== hash);
      for (const object of changed) {
        toWrite.push(object);
        if (!hashes.has(object.id)) absent.add(object.id);
      }
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
        absent.delete(id);
        onRefused({ id, reason: 'REFUSED', field: undefined, page, index });
      }
      for (const { id } of items) if (absent.delete(id)) walk.added += 1;
    });
  };
  const flush = async (isRepeated: boolean): Promise<void> => {
    while (toCompare.length > 0) {
      startCompare(isRepeated);
      await calls.settle(MOST_CALLS_PENDING);
    }
    await calls.settle(0);
    while (toWrite.length > 0) startWrite(isRepeated);
    await calls.settle(0);
  };

  return {
    async add(objects) {
      for (const object of objects) {
        toCompare.push(object);
        if (toCompare.length < KEYS_PER_READ) continue;
        startCompare(false);
        await calls.settle(MOST_CALLS_PENDING);
      }
    },
    async addRepeated(objects) {
      if (objects.length === 0) return;
      await flush(false);
      for (const object of objects) toCompare.push(object);
      await flush(true);
    },
    drain: () => flush(false),
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
