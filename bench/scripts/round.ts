import { streamTableName } from '../../lambda/deployment/names.ts';

/** A script's task: the listing to pull. */
export interface Round {
  /** Part of the table's name, with the listing. */
  readonly environment: string;
  readonly listing: 'after' | 'numbered-pages' | 'hal';
  readonly objects: number;
  readonly perPage: number;
  /** A different revision changes the objects that have it. */
  readonly revision: number;
  /** Every how many objects one has the revision; 1 for all. */
  readonly revisedEvery: number;
  /** About how large an object is, in units of 1024 bytes. */
  readonly kilobytes: number;
}

/** Cost of a round. */
export interface Cost {
  readonly wallMs: number;
  /** User and system time of the script's process. */
  readonly cpuMs: number;
  /** The process's largest resident set since its start, in units of 2^20 bytes. */
  readonly peakMemoryMb: number;
}

/** Numbers of objects in a round. */
export interface Pulled {
  readonly fetched: number;
  readonly written: number;
}

export type Measured = Cost & Pulled;

/** Returns the path of the round's listing. The stand-in for Procurios reads the other properties from the query. */
export function pathOf({ listing }: Round): string {
  return `/l/bench_api/${listing}`;
}

export function tableNameOf({ environment, listing }: Pick<Round, 'environment' | 'listing'>): string {
  return streamTableName(environment, listing);
}

export function queryOf({
  environment: _environment,
  listing: _listing,
  ...numbers
}: Round): Record<string, string> {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)]));
}

/** Performs and measures a round for each message of the parent process. */
export function serveRounds<Given, Done extends object>(act: (round: Given) => Promise<Done>): void {
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

/** Returns the address of the stand-in for Procurios. */
export function procuriosHost(): string {
  const { PROCURIOS_HOST } = process.env;
  if (PROCURIOS_HOST === undefined)
    throw new Error('PROCURIOS_HOST is not set; npm run bench starts this script');
  return PROCURIOS_HOST;
}
