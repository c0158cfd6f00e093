import { DEFAULT_LIMITS } from '../lambda/procurios/http/limits.ts';
import { median } from './median.ts';
import { hasPython } from './processes.ts';
import type { Measured, Round } from './scripts/round.ts';
import type { Latencies, Script, ScriptName, Surroundings } from './surroundings.ts';

/** A script and the kind of listing that it reads. */
export interface Contender {
  readonly label: string;
  readonly script: ScriptName;
  readonly listing: Round['listing'];
  /** Number of pages in flight. */
  readonly inFlight: number;
  /** Whether each round starts with an empty table, with the items of the round before, or with one in a hundred changed. */
  readonly table: 'empty' | 'unchanged' | '1 % changed';
  /** Objects in a round with latencies. Enough to make the start negligible. */
  readonly objects: number;
  /** Objects in a round without latencies and in the warm-up. */
  readonly objectsAtOnce: number;
}

/** A contender's results. */
export interface Speed {
  readonly contender: Contender;
  readonly objects: number;
  /** Median over the rounds. */
  readonly wallMs: number;
  /** Pages × latency / pages in flight, the lower bound for every client; for ours with the second look at the end. */
  readonly boundMs: number;
  /** Median over the rounds. */
  readonly cpuUsPerObject: number;
  readonly rounds: readonly RoundSpeed[];
  /** Objects written in the last round. */
  readonly written: number;
}

export interface RoundSpeed {
  readonly wallUsPerObject: number;
  readonly cpuUsPerObject: number;
}

const PER_PAGE = 100;

export const PUT_EACH: Contender = {
  label: 'B1: axios, a PutCommand per object',
  script: 'put-each',
  listing: 'after',
  inFlight: 1,
  table: 'empty',
  objects: 500,
  objectsAtOnce: 2_000,
};
const PYTHON: Contender = {
  ...PUT_EACH,
  label: 'B2: Python, requests and boto3',
  script: 'python',
  objects: 4_000,
  objectsAtOnce: 5_000,
};
const BATCH_WRITE: Contender = {
  ...PUT_EACH,
  label: 'B3: axios, BatchWriteCommands in turn',
  script: 'batch-write',
  objects: 4_000,
  objectsAtOnce: 10_000,
};
export const AFTERNOON: Contender = {
  ...PUT_EACH,
  label: 'B4: an afternoon, with a hash',
  script: 'afternoon',
  objects: 6_000,
  objectsAtOnce: 20_000,
};
export const AFTERNOON_UNCHANGED = over(AFTERNOON, 'unchanged');
export const AFTERNOON_1_PERCENT = over(AFTERNOON, '1 % changed');
export const CURSOR: Contender = { ...AFTERNOON, label: 'ours, cursor', script: 'procurios-sync' };
export const UNCHANGED = over(CURSOR, 'unchanged');
const ONE_PERCENT = over(CURSOR, '1 % changed');
export const NUMBERED: Contender = {
  ...CURSOR,
  label: 'ours, numbered, 8 in flight',
  listing: 'numbered-pages',
  inFlight: 8,
  objects: 40_000,
};
export const HAL: Contender = { ...NUMBERED, label: 'ours, HAL, 8 in flight', listing: 'hal' };

const CONTENDERS = [
  ...[PUT_EACH, BATCH_WRITE, AFTERNOON, AFTERNOON_UNCHANGED, AFTERNOON_1_PERCENT],
  ...[CURSOR, UNCHANGED, ONE_PERCENT, NUMBERED, HAL],
];

/** The same script and listing over a table that has items. */
function over(contender: Contender, table: 'unchanged' | '1 % changed'): Contender {
  return { ...contender, label: `${contender.label}, ${table}`, table };
}

/** Starts each contender in a separate process and warms it up. */
export async function startContenders(surroundings: Surroundings): Promise<Map<Contender, Script>> {
  const scripts = new Map<Contender, Script>();
  for (const contender of hasPython() ? [PYTHON, ...CONTENDERS] : CONTENDERS) {
    const script = await surroundings.startScript(contender.script);
    await script.run(roundOf(contender, contender.objectsAtOnce, 0), 'empty');
    scripts.set(contender, script);
  }
  return scripts;
}

let revisions = 0;

/**
 * Measures the contenders in turn, so that a slow period of the machine affects all of them, and so that the figures of one round
 * can be compared.
 */
export async function measureSpeed(
  scripts: ReadonlyMap<Contender, Script>,
  { pageMs }: Latencies,
  rounds: number,
): Promise<Map<Contender, Speed>> {
  const all = new Map([...scripts.keys()].map((contender) => [contender, [] as Measured[]]));
  for (let number = 0; number < rounds; number += 1) {
    revisions += 1;
    for (const [contender, script] of scripts) {
      const objects = pageMs === 0 ? contender.objectsAtOnce : contender.objects;
      const round = roundOf(contender, objects, revisions);
      all.get(contender)?.push(await script.run(round, contender.table === 'empty' ? 'empty' : 'as it is'));
    }
  }
  return new Map([...all].map(([contender, measured]) => [contender, speedOf(contender, measured, pageMs)]));
}

function roundOf({ label, listing, table }: Contender, objects: number, revision: number): Round {
  const environment = label.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase();
  const revised =
    table === '1 % changed' ? { revision, revisedEvery: 100 } : { revision: 0, revisedEvery: 1 };
  return { environment, listing, objects, perPage: PER_PAGE, kilobytes: 1, ...revised };
}

function speedOf(contender: Contender, measured: readonly Measured[], pageMs: number): Speed {
  const objects = measured.at(-1)?.fetched ?? 0;
  const rounds = measured.map(({ wallMs, cpuMs }) => ({
    wallUsPerObject: (wallMs / objects) * 1000,
    cpuUsPerObject: (cpuMs / objects) * 1000,
  }));
  // Without links, an additional empty page marks the end.
  const pages = Math.ceil(objects / PER_PAGE) + (contender.listing === 'hal' ? 0 : 1);
  return {
    contender,
    objects,
    wallMs: median(measured.map(({ wallMs }) => wallMs)),
    boundMs: (pages * pageMs) / contender.inFlight + secondLookMs(contender, pageMs),
    cpuUsPerObject: median(rounds.map(({ cpuUsPerObject }) => cpuUsPerObject)),
    rounds,
    written: measured.at(-1)?.written ?? 0,
  };
}

/**
 * The time in which our pull doubts an empty page: a pause, and the page once more. Each walk has it once, so among a million
 * objects it is nothing, but in a round it would hide how well the pages' latency is used.
 */
function secondLookMs({ script, listing }: Contender, pageMs: number): number {
  const endsByEmptyPage = script === 'procurios-sync' && listing !== 'hal';
  return endsByEmptyPage && pageMs > 0 ? DEFAULT_LIMITS.secondLookMs + pageMs : 0;
}

/** Two contenders' figures divided round by round, because a slow moment of the machine affects both of a round. */
export interface Ratio {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function ratioOf(one: Speed, other: Speed, figure: keyof RoundSpeed): Ratio {
  const ratios = one.rounds.map((round, index) => round[figure] / (other.rounds[index]?.[figure] ?? NaN));
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}
