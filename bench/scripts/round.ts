import { streamTableName } from '../../lambda/deployment/names.ts';

/** What a script is to pull. */
export interface Round {
  /** Names the table, together with the listing. */
  readonly environment: string;
  readonly listing: 'after' | 'numbered-pages' | 'hal';
  readonly objects: number;
  readonly perPage: number;
  /** Another one is a difference in every object. */
  readonly revision: number;
}

/** What a round cost. */
export interface Cost {
  readonly wallMs: number;
  /** Of the script's whole process, user and system. */
  readonly cpuMs: number;
  /** The process's largest resident set since it began, in MB of 2^20 bytes. */
  readonly peakMemoryMb: number;
}

/** What a pull did in a round. */
export interface Pulled {
  readonly fetched: number;
  readonly written: number;
}

export type Measured = Cost & Pulled;

/** Path of the round's listing on the stand-in for Procurios, which reads all else from the query. */
export function pathOf({ listing }: Round): string {
  return `/l/bench_api/${listing}`;
}

export function tableNameOf({ environment, listing }: Pick<Round, 'environment' | 'listing'>): string {
  return streamTableName(environment, listing);
}

export function queryOf({ objects, perPage, revision }: Round): Record<string, string> {
  return { objects: String(objects), perPage: String(perPage), revision: String(revision) };
}

/** Does and measures one round for each message of the parent process. */
export function serve<Given, Done extends object>(act: (round: Given) => Promise<Done>): void {
  process.on('message', async (round: Given) => {
    const cpuBefore = process.cpuUsage();
    const begin = performance.now();
    const done = await act(round);
    const wallMs = performance.now() - begin;
    const { user, system } = process.cpuUsage(cpuBefore);
    const peakMemoryMb = process.resourceUsage().maxRSS / 1024;
    process.send?.({ ...done, wallMs, cpuMs: (user + system) / 1000, peakMemoryMb } satisfies Done & Cost);
  });
  process.on('disconnect', () => process.exit());
  process.send?.('ready');
}

/** The stand-in for Procurios. */
export function procuriosHost(): string {
  const { PROCURIOS_HOST } = process.env;
  if (PROCURIOS_HOST === undefined)
    throw new Error('PROCURIOS_HOST is not set: the benchmark starts this script');
  return PROCURIOS_HOST;
}
