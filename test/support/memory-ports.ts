import type { Clock } from '../../lambda/core/clock.ts';
import type { Access } from '../../lambda/core/deletes/sight.ts';
import { SyncError } from '../../lambda/core/errors.ts';
import type { Json } from '../../lambda/core/json.ts';
import type { Page, Position } from '../../lambda/core/pull/page.ts';
import type { Prepared } from '../../lambda/core/pull/prepare.ts';
import type { Reject } from '../../lambda/core/pull/reject.ts';
import type { Run, RunPorts } from '../../lambda/core/pull/run-ports.ts';
import type { StreamState } from '../../lambda/core/pull/stream-state.ts';
import type { TableItem } from '../../lambda/core/pull/table-map.ts';
import type { TablePort } from '../../lambda/core/pull/table-writer.ts';
import type { EndingWalk, Walk, WalkStore } from '../../lambda/core/pull/walk.ts';

/** A table in memory that records its calls. */
export class MemoryTable implements TablePort {
  readonly items = new Map<string, Prepared>();
  /** Why items are tombstones, by their ids. */
  readonly tombstones = new Map<string, string>();
  readonly reads: number[] = [];
  scans = 0;
  readonly writes: string[][] = [];
  /** Ids of the objects that the table refuses. */
  readonly refuses = new Set<string>();
  /** Thrown by the next write. */
  failure: Error | undefined;

  async scan(
    _isConsistent: boolean,
    signal: AbortSignal,
    take: (items: readonly TableItem[]) => boolean,
  ): Promise<boolean> {
    this.scans += 1;
    await Promise.resolve();
    signal.throwIfAborted();
    return take([...this.items.values()].map((item) => this.#itemOf(item)));
  }

  async read(ids: readonly string[]): Promise<TableItem[]> {
    this.reads.push(ids.length);
    await Promise.resolve();
    return ids.flatMap((id) => this.items.get(id) ?? []).map((item) => this.#itemOf(item));
  }

  async write(items: readonly Prepared[]): Promise<readonly Prepared[]> {
    await Promise.resolve();
    if (this.failure !== undefined) throw this.failure;
    this.writes.push(items.map(({ id }) => id));
    for (const item of items) {
      if (this.refuses.has(item.id)) continue;
      this.items.set(item.id, item);
      this.tombstones.delete(item.id);
    }
    return items.filter(({ id }) => this.refuses.has(id));
  }

  get calls(): string {
    return `${this.scans === 1 ? '1 scan' : `${this.scans} scans`}, ${this.reads.length} reads, ${this.writes.length} writes`;
  }

  /** The ids of the items that are no tombstones, in order of their numbers. */
  get live(): readonly string[] {
    return [...this.items.keys()]
      .filter((id) => !this.tombstones.has(id))
      .sort((one, other) => Number(one) - Number(other));
  }

  #itemOf({ id, hash }: Prepared): TableItem {
    const isTombstone = this.tombstones.has(id);
    return { id, hash: isTombstone ? 'gone' : hash, isTombstone };
  }
}

/** The walk of one stream, in memory. */
export class MemoryWalks implements WalkStore {
  walk: Walk | undefined;
  /** A walk whose end was cut off. */
  ending: EndingWalk | undefined;
  /** Whether the next end of a walk is cut off. */
  cutsOffNextEnd = false;
  /** How many items the last finished walk counted in the table. */
  inTable: number | undefined;
  /** What is known of the table from earlier walks. */
  state: StreamState = {};
  readonly rejects: Reject[] = [];
  readonly log: string[] = [];

  async loadState(): Promise<StreamState> {
    return this.state;
  }

  async loadWalk(): Promise<Walk | EndingWalk | undefined> {
    return this.ending ?? this.walk;
  }

  async saveWalk(_stream: unknown, walk: Walk, rejects: readonly Reject[]): Promise<void> {
    this.walk = walk;
    this.rejects.push(...rejects);
    this.log.push(`saved at page ${walk.position?.page ?? 1}`);
  }

  async endWalk(_stream: unknown, ending: EndingWalk, rejects: readonly Reject[]): Promise<void> {
    this.ending = ending;
    if (this.cutsOffNextEnd) {
      this.cutsOffNextEnd = false;
      throw new Error('cut off');
    }
    const { inTable, receipt } = ending;
    this.inTable = inTable;
    this.ending = undefined;
    this.walk = undefined;
    this.rejects.push(...rejects);
    this.log.push(receipt.status === 'complete' ? 'ended, complete' : 'ended, incomplete');
  }
}

/** A clock that advances only by `sleep`, or when a test sets `time`. */
export class ManualClock implements Clock {
  time = Date.parse('2026-11-24T03:00:00Z');

  now(): number {
    return this.time;
  }

  async sleep(ms: number): Promise<void> {
    this.time += ms;
  }
}

/** The pages of a listing. An error in place of a page is thrown there. */
export type Listing = readonly (readonly Json[] | SyncError | Partial<Page>)[];

/**
 * Lists pages with links, starting at a position. The last one is the end.
 *
 * @param onPage - Called with the number of each page before it is yielded.
 */
export async function* pagesOf(
  listing: Listing,
  from: Position | undefined,
  onPage: (page: number) => void = () => {},
): AsyncGenerator<Page, void, undefined> {
  for (let number = from?.page ?? 1; number <= listing.length; number += 1) {
    const entry = listing[number - 1];
    onPage(number);
    if (entry instanceof SyncError) throw entry;
    const next = number === listing.length ? undefined : { page: number + 1, link: `/page/${number + 1}` };
    const objects = Array.isArray(entry) ? entry : [];
    yield { number, objects, next, ...(Array.isArray(entry) ? {} : (entry as Partial<Page>)) };
  }
}

/** As whom the pages in memory are read. */
export const ACCESS: Access = {
  host: 'https://procurios.example',
  grant: 'clientCredentials',
  clientId: 'client',
  scopes: ['things/read'],
};

/** Ports of a run in memory. A test overrides those that it is about. */
export function runPorts(
  listing: Listing,
  overrides: Partial<RunPorts> & { table?: MemoryTable; walks?: MemoryWalks } = {},
) {
  const table = overrides.table ?? new MemoryTable();
  const walks = overrides.walks ?? new MemoryWalks();
  const clock = new ManualClock();
  const ports: RunPorts = {
    clock,
    listPages: (_stream, from) => pagesOf(listing, from),
    openStores: async () => ({ walks, table, signal: NEVER, [Symbol.asyncDispose]: async () => {} }),
    access: async () => ACCESS,
    requestsSent: () => 0,
    signal: NEVER,
    timeLeftMs: () => Number.POSITIVE_INFINITY,
    countSlice() {},
    progress: { streamBegins() {}, pageTaken() {}, waits() {}, streamEnds() {} },
    unexpected(error) {
      throw error;
    },
    ...overrides,
  };
  return { ports, table, walks, clock: ports.clock };
}

const NEVER = new AbortController().signal;

/** A run that began at the first moment of {@link ManualClock}. */
export function runOf(runId: string, overrides: Partial<Run> = {}): Run {
  return { runId, startedAt: '2026-11-24T03:00:00.000Z', unfinished: [], ...overrides };
}
