import { drawHistory } from './history.ts';
import { type Outcome, play } from './play.ts';
import type { OpenShelf } from './shelf.ts';

/** What came of many histories. */
export interface Sweep {
  /** One text per history with violations: the seed, the violations and the history. */
  readonly failures: readonly string[];
  /** How the pulls under each misbehaviour alone ended, and those under none. */
  readonly shares: ReadonlyMap<string, Readonly<Record<Outcome['status'], number>>>;
}

export const NO_MISBEHAVIOUR = 'none';

/**
 * Plays the histories of so many seeds, from a first one on. If the environment variable SWEEP_SEED is set, only that of this
 * seed.
 */
export async function sweep(first: number, count: number, openShelf: OpenShelf): Promise<Sweep> {
  const only = process.env.SWEEP_SEED;
  const seeds =
    only === undefined ? Array.from({ length: count }, (_, index) => first + index) : [Number(only)];
  const failures: string[] = [];
  const shares = new Map<string, Record<Outcome['status'], number>>();
  for (const seed of seeds) {
    const history = drawHistory(seed);
    const { status, violations } = await play(history, openShelf);
    if (violations.length > 0) {
      failures.push(`SWEEP_SEED=${seed}: ${violations.join('; ')}\n${JSON.stringify(history)}`);
    }
    const [name = NO_MISBEHAVIOUR, ...others] = history.misbehaviours.map((each) => each.name);
    if (others.length > 0 || history.tiedBy !== undefined) continue;
    const share = shares.get(name) ?? { complete: 0, incomplete: 0, failed: 0 };
    share[status] += 1;
    shares.set(name, share);
  }
  return { failures, shares };
}

/** The shares as a table for a terminal. */
export function describeShares(shares: Sweep['shares']): string {
  const row = (name: string, cells: readonly unknown[]) =>
    [name.padEnd(44), ...cells.map((cell) => String(cell).padStart(10))].join(' ');
  const rows = [...shares]
    .sort()
    .map(([name, { complete, incomplete, failed }]) => row(name, [complete, incomplete, failed]));
  return `${[row('misbehaviour', ['complete', 'incomplete', 'failed']), ...rows].join('\n')}\n`;
}
