import type { Clock } from '../../lambda/core/clock.ts';
import { SyncError } from '../../lambda/core/errors.ts';
import type { Counts } from '../../lambda/core/pull/counts.ts';
import type { Receipt, RunReceipt } from '../../lambda/core/pull/receipt.ts';
import type { RunPorts } from '../../lambda/core/pull/run-ports.ts';
import type { DurablePullPorts } from '../../lambda/wiring/durable-pull.ts';
import { type Listing, MemoryTable, pagesOf } from './memory-ports.ts';
import { StoredWalks } from './stored-walks.ts';
import { streamOf } from './streams.ts';

const INVOCATION_MS = 15 * 60_000;

/** What a run of the pull meets, in memory: it outlives invocations and runs. */
export interface DurableWorld {
  readonly ports: DurablePullPorts;
  readonly tables: ReadonlyMap<string, MemoryTable>;
  readonly walks: StoredWalks;
  /** Pages that were asked for, in order: `things 1`. */
  readonly pages: string[];
  readonly receipts: RunReceipt[];
  /** What was told, in order. */
  readonly told: string[];
  /** What each slice alone did, in order. */
  readonly slices: { readonly name: string; readonly did: Readonly<Counts> }[];
  /** Executions that have the lease, or had it: the last one has. */
  readonly holders: { arn: string; isRunning: boolean }[];
}

/**
 * @param listings - What each stream shows; called for each slice.
 * @param clock - Read in steps only.
 * @param onPage - Called before a page is given out.
 */
export function durableWorld(
  listings: Readonly<Record<string, () => Listing>>,
  clock: Clock,
  onPage: (page: string) => void = () => {},
): DurableWorld {
  const streams = Object.keys(listings).map((name) => streamOf({ name }));
  const tables = new Map(streams.map(({ name }) => [name, new MemoryTable()]));
  const walks = new StoredWalks();
  const pages: string[] = [];
  const receipts: RunReceipt[] = [];
  const told: string[] = [];
  const slices: DurableWorld['slices'] = [];
  const holders: DurableWorld['holders'] = [];

  const openRun = (): RunPorts => {
    const endsAtMs = clock.now() + INVOCATION_MS;
    return {
      clock,
      signal: new AbortController().signal,
      timeLeftMs: () => endsAtMs - clock.now(),
      requestsSent: () => 0,
      listPages: ({ name }, from) =>
        pagesOf(listings[name]?.() ?? [], from, (page) => {
          pages.push(`${name} ${page}`);
          onPage(`${name} ${page}`);
        }),
      openStores: async ({ name }) => ({
        walks,
        table: tables.get(name) as MemoryTable,
        signal: new AbortController().signal,
        [Symbol.asyncDispose]: async () => {},
      }),
      countSlice: ({ name }, did) => slices.push({ name, did }),
      progress: {
        streamBegins: ({ name }) => told.push(`${name} begins`),
        pageTaken() {},
        waits: ({ name }, ms) => told.push(`${name} waits ${ms / 1000} s`),
        streamEnds: ({ name }, { status }: Receipt) => told.push(`${name} ends, ${status}`),
      },
      unexpected: (error) => ({ code: 'BUG', message: (error as Error).name }),
    };
  };

  const ports: DurablePullPorts = {
    streams,
    async begin(arn) {
      const holder = holders.at(-1);
      if (holder?.isRunning && holder.arn !== arn)
        throw new SyncError('RUN_ACTIVE', 'another pull is running');
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
      told.push(`run ends, ${status}`);
    },
    reportFailure: ({ code }) => told.push(`failure ${code}`),
    reportSkipped: () => told.push('skipped'),
    unexpected: (error) => ({ code: 'BUG', message: (error as Error).name }),
  };
  return { ports, tables, walks, pages, receipts, told, slices, holders };
}
