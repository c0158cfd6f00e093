import type { Json } from '../../lambda/core/json.ts';
import { plainEngine } from '../../lambda/core/pull/engine.ts';
import type { Receipt } from '../../lambda/core/pull/receipt.ts';
import { pullStreams } from '../../lambda/core/pull/run.ts';
import type { RunPorts, SliceStores } from '../../lambda/core/pull/run-ports.ts';
import type { Stream } from '../../lambda/core/pull/stream.ts';
import { memoryDeletes } from './memory-deletes.ts';
import { type Listing, ManualClock, MemoryTable, runOf, runPorts } from './memory-ports.ts';
import { StoredWalks } from './stored-walks.ts';
import { streamOf } from './streams.ts';

const HOUR_MS = 3_600_000;

export const thing = (id: number, text = 'a'): Json => ({ id, text });

/** Pages of 10 things each, with these numbers. */
export function pagesWith(ids: readonly number[], text = 'a'): Listing {
  const pages = Array.from({ length: Math.ceil(ids.length / 10) }, (_, page) =>
    ids.slice(10 * page, 10 * page + 10).map((id) => thing(id, text)),
  );
  return pages.length === 0 ? [[]] : pages;
}

/** The numbers up to one, without some of them. */
export function upTo(last: number, without: readonly number[] = []): number[] {
  return Array.from({ length: last }, (_, index) => index + 1).filter((id) => !without.includes(id));
}

interface PullOptions {
  readonly hours?: number;
  readonly isRepeated?: boolean;
}

/** A stream whose list is pulled night after night, with all stores in memory. */
export class JudgedNights {
  readonly stream: Stream;
  readonly clock = new ManualClock();
  readonly table = new MemoryTable();
  readonly walks = new StoredWalks();
  readonly deletes = memoryDeletes(this.table);
  /** Makes each store of a slice another one, in which calls may fail. */
  faulty: <Store extends object>(store: Store) => Store = (store) => store;
  /** The pages that were read, over all nights. */
  pages = 0;
  #runs = 0;

  constructor(overrides: Partial<Stream> = {}) {
    this.stream = streamOf({
      paging: { kind: 'after', field: 'id' },
      deletes: 'fromWalk',
      goneAfter: 2,
      ...overrides,
    });
  }

  /**
   * Pulls once.
   *
   * @param listing - Or a function that returns it anew for each slice.
   * @param hours - Since the run before.
   * @param isRepeated - Whether it is the run before, whose step is repeated.
   */
  async pull(
    listing: Listing | (() => Listing),
    { hours = 24, isRepeated = false, ...overrides }: Partial<RunPorts> & PullOptions = {},
  ): Promise<Receipt> {
    if (!isRepeated) this.#runs += 1;
    this.clock.time += hours * HOUR_MS;
    const pages = typeof listing === 'function' ? listing : () => listing;
    const { ports } = runPorts([], {
      clock: this.clock,
      openStores: async () => this.stores(),
      listPages: (_stream, from, ...rest) => {
        const { ports: reading } = runPorts(pages());
        return reading.listPages(this.stream, from, ...rest);
      },
      progress: { streamBegins() {}, pageTaken: () => this.#count(), waits() {}, streamEnds() {} },
      ...overrides,
    });
    const run = runOf(`run-${this.#runs}`);
    const receipts = await pullStreams(run, [this.stream], ports, plainEngine(ports.clock, ports.signal));
    const receipt = receipts[this.stream.name];
    if (receipt === undefined) throw new Error('no receipt');
    return receipt;
  }

  /** Pulls the same for so many nights. @returns The last receipt. */
  async nights(count: number, listing: Listing): Promise<Receipt> {
    for (let night = 1; night < count; night += 1) await this.pull(listing);
    return await this.pull(listing);
  }

  stores(): SliceStores {
    const { absences, table, archive } = this.deletes;
    return {
      walks: this.faulty(this.walks),
      table: this.faulty(this.table),
      deletes: {
        absences: this.faulty(absences),
        table: this.faulty(table),
        archive: this.faulty(archive),
      },
      signal: new AbortController().signal,
      [Symbol.asyncDispose]: async () => {},
    };
  }

  #count(): void {
    this.pages += 1;
  }
}
