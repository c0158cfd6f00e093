import { median } from './median.ts';
import type { Measured, Round } from './scripts/round.ts';
import type { Latencies, Script, ScriptName, Surroundings } from './surroundings.ts';

/** A script and the kind of listing that it reads. */
export interface Contender {
  readonly label: string;
  readonly script: ScriptName;
  readonly listing: Round['listing'];
  /** Number of pages in flight. */
  readonly inFlight: number;
  /** Whether each round starts with an empty table, or with the items that the warm-up stored. */
  readonly table: 'empty' | 'as it is';
  /** Objects in a round with latencies. Enough to make the start negligible. */
  readonly objects: number;
  /** Objects in a round without latencies and in the warm-up. */
  readonly objectsAtOnce: number;
}

/** A contender's results, as medians over the rounds. */
export interface Speed {
  readonly contender: Contender;
  readonly objects: number;
  readonly wallMs: number;
  /** Wall time of the slowest round minus that of the fastest, as a share of the median. */
  readonly spread: number;
  /** Pages × latency / pages in flight, the lower bound for every client. */
  readonly boundMs: number;
  readonly wallUsPerObject: number;
  readonly cpuUsPerObject: number;
  /** Objects written in the last round. */
  readonly written: number;
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
export const BATCH_WRITE: Contender = {
  ...PUT_EACH,
  label: 'B3: axios, BatchWriteCommands in turn',
  script: 'batch-write',
  objects: 4_000,
  objectsAtOnce: 10_000,
};
export const CURSOR: Contender = {
  ...PUT_EACH,
  label: 'ours, cursor',
  script: 'procurios-sync',
  objects: 6_000,
  objectsAtOnce: 20_000,
};
export const NUMBERED: Contender = {
  ...CURSOR,
  label: 'ours, numbered, 8 in flight',
  listing: 'numbered-pages',
  inFlight: 8,
  objects: 40_000,
};
export const HAL: Contender = { ...NUMBERED, label: 'ours, HAL, 8 in flight', listing: 'hal' };
export const UNCHANGED: Contender = { ...CURSOR, label: 'ours, cursor, nothing changed', table: 'as it is' };

const CONTENDERS = [PUT_EACH, BATCH_WRITE, CURSOR, NUMBERED, HAL, UNCHANGED];

/** Starts each contender in a separate process and warms it up. */
export async function startContenders(surroundings: Surroundings): Promise<Map<Contender, Script>> {
  const scripts = new Map<Contender, Script>();
  for (const contender of CONTENDERS) {
    const script = await surroundings.startScript(contender.script);
    await script.run(roundOf(contender, contender.objectsAtOnce), 'empty');
    scripts.set(contender, script);
  }
  return scripts;
}

/** Measures the contenders in turn, so that a slow period of the machine affects all of them. */
export async function measureSpeed(
  scripts: ReadonlyMap<Contender, Script>,
  { pageMs }: Latencies,
  rounds: number,
): Promise<Map<Contender, Speed>> {
  const all = new Map(CONTENDERS.map((contender) => [contender, [] as Measured[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [contender, script] of scripts) {
      const objects = pageMs === 0 ? contender.objectsAtOnce : contender.objects;
      all.get(contender)?.push(await script.run(roundOf(contender, objects), contender.table));
    }
  }
  return new Map([...all].map(([contender, measured]) => [contender, speedOf(contender, measured, pageMs)]));
}

function roundOf({ label, listing }: Contender, objects: number): Round {
  const environment = label.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase();
  return { environment, listing, objects, perPage: PER_PAGE, revision: 0 };
}

function speedOf(contender: Contender, measured: readonly Measured[], pageMs: number): Speed {
  const objects = measured.at(-1)?.fetched ?? 0;
  const walls = measured.map(({ wallMs }) => wallMs);
  const wallMs = median(walls);
  const cpuMs = median(measured.map((each) => each.cpuMs));
  // Without links, an additional empty page marks the end.
  const pages = Math.ceil(objects / PER_PAGE) + (contender.listing === 'hal' ? 0 : 1);
  return {
    contender,
    objects,
    wallMs,
    spread: (Math.max(...walls) - Math.min(...walls)) / wallMs,
    boundMs: (pages * pageMs) / contender.inFlight,
    wallUsPerObject: (wallMs / objects) * 1000,
    cpuUsPerObject: (cpuMs / objects) * 1000,
    written: measured.at(-1)?.written ?? 0,
  };
}
