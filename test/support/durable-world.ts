import type { Clock } from '../../lambda/core/clock.ts';
import { SyncError } from '../../lambda/core/errors.ts';
import type { Receipt, RunReceipt } from '../../lambda/core/pull/receipt.ts';
import type { RunPorts } from '../../lambda/core/pull/run-ports.ts';
import type { Stream } from '../../lambda/core/pull/stream.ts';
import type { DurablePullPorts } from '../../lambda/wiring/durable-pull.ts';
import { memoryDeletes } from './memory-deletes.ts';
import { ACCESS, type Listing, MemoryTable, pagesOf } from './memory-ports.ts';
import { StoredWalks } from './stored-walks.ts';
import { streamOf } from './streams.ts';

const INVOCATION_MS = 15 * 60_000;

/** The world outside the pull, in memory. It outlasts invocations and runs. */
export interface DurableWorld {
  readonly ports: DurablePullPorts;
  readonly tables: ReadonlyMap<string, MemoryTable>;
  /** What is known of each stream's absent objects. */
  readonly deletes: ReadonlyMap<string, ReturnType<typeof memoryDeletes>>;
  readonly walks: StoredWalks;
  /** The pages that were read, in order: `things 1`. */
  readonly pages: string[];
  readonly receipts: RunReceipt[];
  /** What was reported, in order. */
  readonly reported: string[];
  /** The executions that have held the lease. The last one holds it now. */
  readonly holders: { arn: string; isRunning: boolean }[];
}

/**
 * @param listings - The pages of each stream; called for each slice.
 * @param clock - Only steps read it.
 * @param onPage - Called before a page is yielded.
 * @param overrides - Of every stream.
 */
export function durableWorld(
  listings: Readonly<Record<string, () => Listing>>,
  clock: Clock,
  onPage: (page: string) => void = () => {},
  overrides: Partial<Stream> = {},
): DurableWorld {
  const streams = Object.keys(listings).map((name) => streamOf({ name, ...overrides }));
  const tables = new Map(streams.map(({ name }) => [name, new MemoryTable()]));
  const deletes = new Map([...tables].map(([name, table]) => [name, memoryDeletes(table)]));
  const walks = new StoredWalks();
  const pages: string[] = [];
  const receipts: RunReceipt[] = [];
  const reported: string[] = [];
  const holders: DurableWorld['holders'] = [];

  const openRun = (): RunPorts => {
    const endsAtMs = clock.now() + INVOCATION_MS;
    return {
      clock,
      signal: new AbortController().signal,
      timeLeftMs: () => endsAtMs - clock.now(),
      access: async () => ACCESS,
      requestsSent: () => 0,
      listPages: ({ name }, from) =>
        pagesOf(listings[name]?.() ?? [], from, (page) => {
          pages.push(`${name} ${page}`);
          onPage(`${name} ${page}`);
        }),
      openStores: async ({ name }) => ({
        walks,
        table: tables.get(name) as MemoryTable,
        deletes: deletes.get(name) as ReturnType<typeof memoryDeletes>,
        signal: new AbortController().signal,
        [Symbol.asyncDispose]: async () => {},
      }),
      countSlice() {},
      progress: {
        streamBegins: ({ name }) => reported.push(`${name} begins`),
        pageTaken() {},
        waits: ({ name }, ms) => reported.push(`${name} waits ${ms / 1000} s`),
        streamEnds: ({ name }, { status }: Receipt) => reported.push(`${name} ends, ${status}`),
      },
      unexpected: (error) => ({ code: 'BUG', message: (error as Error).name }),
    };
  };

  const ports: DurablePullPorts = {
    streams,
    async begin(arn) {
      const holder = holders.at(-1);
      if (holder?.isRunning && holder.arn !== arn)
        throw new SyncError('RUN_ACTIVE', 'another pull is in progress');
      if (holder?.arn !== arn) holders.push({ arn, isRunning: true });
      const startedAt = new Date(clock.now()).toISOString();
      const deadlineMs = clock.now() + 22 * 60 * 60_000;
      return { runId: `run-${holders.length}`, startedAt, unfinished: walks.unfinished, deadlineMs };
    },
    openRun,
    async finish(receipt) {
      receipts.push(receipt);
      for (const holder of holders) holder.isRunning = false;
    },
    async report({ status }) {
      reported.push(`run ends, ${status}`);
    },
    reportFailure: ({ code }) => reported.push(`failure ${code}`),
    reportSkipped: () => reported.push('skipped'),
    unexpected: (error) => ({ code: 'BUG', message: (error as Error).name }),
  };
  return { ports, tables, deletes, walks, pages, receipts, reported, holders };
}
