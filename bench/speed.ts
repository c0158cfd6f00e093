import { type Contender, contenders } from './contenders.ts';
import { median } from './median.ts';
import { hasPython } from './processes.ts';
import type { Measured, Round } from './scripts/round.ts';
import type { Latencies, Script, Surroundings } from './surroundings.ts';

/** A contender's results. */
export interface Speed {
  readonly contender: Contender;
  readonly objects: number;
  /** Medians over the rounds. */
  readonly wallMs: number;
  readonly cpuUsPerObject: number;
  readonly rounds: readonly RoundSpeed[];
  /** Objects written in the last round. */
  readonly written: number;
  /** Undefined without latencies. */
  readonly pages: PageSpeed | undefined;
}

export interface RoundSpeed {
  readonly wallUsPerObject: number;
  readonly cpuUsPerObject: number;
}

/** How fast the pages after the first came. */
interface PageSpeed {
  /** Median wall time for a listing of one page, which is what a pull takes to begin and to end. */
  readonly onePageMs: number;
  /** Latency × pages after the first / pages in flight, the lower bound for every client. */
  readonly boundMs: number;
  /** The bound, as a share of the wall time after that of one page. */
  readonly reached: Ratio;
}

/** What a contender's rounds took, and each time a listing of one page. */
interface Rounds {
  readonly measured: Measured[];
  readonly ofOnePage: Measured[];
}

const PER_PAGE = 100;

/** Starts each contender in a separate process and warms it up. */
export async function startContenders(surroundings: Surroundings): Promise<Map<Contender, Script>> {
  const scripts = new Map<Contender, Script>();
  for (const contender of contenders(hasPython())) {
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
  const all = new Map([...scripts.keys()].map((contender) => [contender, noRounds()]));
  for (let number = 0; number < rounds; number += 1) {
    revisions += 1;
    for (const [contender, script] of scripts) {
      const run = (objects: number) => {
        const table = contender.table === 'empty' ? 'empty' : 'as it is';
        return script.run(roundOf(contender, objects, revisions), table);
      };
      const { measured, ofOnePage } = all.get(contender) ?? noRounds();
      measured.push(await run(pageMs === 0 ? contender.objectsAtOnce : contender.objects));
      if (pageMs > 0) ofOnePage.push(await run(PER_PAGE));
    }
  }
  return new Map([...all].map(([contender, ran]) => [contender, speedOf(contender, ran, pageMs)]));
}

function noRounds(): Rounds {
  return { measured: [], ofOnePage: [] };
}

function roundOf({ label, listing, table }: Contender, objects: number, revision: number): Round {
  const environment = label.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase();
  const revised =
    table === '1 % changed' ? { revision, revisedEvery: 100 } : { revision: 0, revisedEvery: 1 };
  return { environment, listing, objects, perPage: PER_PAGE, kilobytes: 1, ...revised };
}

function speedOf(contender: Contender, ran: Rounds, pageMs: number): Speed {
  const { measured } = ran;
  const objects = measured.at(-1)?.fetched ?? 0;
  const rounds = measured.map(({ wallMs, cpuMs }) => ({
    wallUsPerObject: (wallMs / objects) * 1000,
    cpuUsPerObject: (cpuMs / objects) * 1000,
  }));
  return {
    contender,
    objects,
    wallMs: median(measured.map(({ wallMs }) => wallMs)),
    cpuUsPerObject: median(rounds.map(({ cpuUsPerObject }) => cpuUsPerObject)),
    rounds,
    written: measured.at(-1)?.written ?? 0,
    pages: pageMs === 0 ? undefined : pageSpeedOf(contender, ran, pageMs),
  };
}

function pageSpeedOf({ objects, inFlight }: Contender, ran: Rounds, pageMs: number): PageSpeed {
  const boundMs = ((Math.ceil(objects / PER_PAGE) - 1) * pageMs) / inFlight;
  const shares = ran.measured.map(
    ({ wallMs }, index) => boundMs / (wallMs - (ran.ofOnePage[index]?.wallMs ?? NaN)),
  );
  return {
    onePageMs: median(ran.ofOnePage.map(({ wallMs }) => wallMs)),
    boundMs,
    reached: spreadOf(shares),
  };
}

/** A figure over the rounds. */
export interface Ratio {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

function spreadOf(values: readonly number[]): Ratio {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** Divides two contenders' figures round by round, because a slow moment of the machine affects both of a round. */
export function ratioOf(one: Speed, other: Speed, figure: keyof RoundSpeed): Ratio {
  return spreadOf(one.rounds.map((round, index) => round[figure] / (other.rounds[index]?.[figure] ?? NaN)));
}
