import type { BilledNight, Billing } from './billing.ts';
import type { NightRound } from './scripts/night.ts';

/** An unchanged night of many objects: what it consumes and costs, computed from smaller nights. */
export interface NightCost {
  readonly objects: number;
  readonly invocations: number;
  /** Capacity units per object. Nothing is written to the stream's table. */
  readonly streamReads: number;
  readonly stateReads: number;
  readonly stateWrites: number;
  /** Reads and writes together. */
  readonly units: number;
  /** In US dollars. */
  readonly dollars: number;
}

/** As docs/deploy.md has them, in US dollars. */
const PRICES = {
  readUnit: 0.125 / 1e6,
  writeUnit: 0.625 / 1e6,
  lambdaGbSecond: 0.0000133334,
  durableOperation: 8 / 1e6,
};
/** 8 requests a second, of 100 objects each. */
const OBJECTS_PER_MINUTE = 800 * 60;

/**
 * The nights to compute. The second one is slower than the default rate, so that it takes 16 invocations. Its memory is what
 * docs/deploy.md asks for from 4 million objects in a stream on.
 */
export const MILLION = { objects: 1_000_000, minutes: 1_000_000 / OBJECTS_PER_MINUTE, memoryGb: 0.5 };
export const EIGHT_MILLION = { objects: 8_000_000, minutes: 186, memoryGb: 1 };
type LongNight = typeof MILLION;

/** The sizes of the nights that are measured. */
const SMALL = 8_000;
const LARGE = 32_000;
/** At both sizes, so that their slices end at the same moments. */
const PAGES = 1_000;
/** Of an object as JSON. DynamoDB counts no punctuation, so its item has about 1 KB. */
const KILOBYTES = 1.15;

/**
 * Measures unchanged nights at two sizes and computes those of millions from them. A night of a given length has the same
 * invocations, slices and fixed costs at any size, so what the larger of two takes more is what its objects take.
 */
export async function measureNights(billing: Billing): Promise<NightCost[]> {
  const nights = [MILLION, EIGHT_MILLION].map((night) => ({ night, measured: [] as BilledNight[] }));
  for (const objects of [SMALL, LARGE]) {
    await billing.pull(roundOf(objects, 1));
    for (const { night, measured } of nights) {
      measured.push(await billing.pull(roundOf(objects, night.minutes)));
    }
  }
  return nights.map(({ night, measured: [small, large] }) => {
    if (small === undefined || large === undefined) throw new Error('a night was not measured');
    if (large.written > 0) throw new Error('an unchanged night has written');
    return costOf(night, small, large);
  });
}

function roundOf(objects: number, minutes: number): NightRound {
  return {
    environment: 'nights',
    listing: 'after',
    objects,
    perPage: objects / PAGES,
    revision: 0,
    revisedEvery: 1,
    kilobytes: KILOBYTES,
    minutes,
  };
}

function costOf(
  { objects, minutes, memoryGb }: LongNight,
  small: BilledNight,
  large: BilledNight,
): NightCost {
  const perObject = (unitsOf: (night: BilledNight) => number): number => {
    const growing = (unitsOf(large) - unitsOf(small)) / (LARGE - SMALL);
    const fixed = unitsOf(small) - SMALL * growing;
    return growing + fixed / objects;
  };
  const streamReads = perObject(({ stream }) => stream.read);
  const stateReads = perObject(({ state }) => state.read);
  const stateWrites = perObject(({ state }) => state.write);
  const dollars =
    objects * ((streamReads + stateReads) * PRICES.readUnit + stateWrites * PRICES.writeUnit) +
    minutes * 60 * memoryGb * PRICES.lambdaGbSecond +
    large.operations * PRICES.durableOperation;
  const units = streamReads + stateReads + stateWrites;
  return { objects, invocations: large.invocations, streamReads, stateReads, stateWrites, units, dollars };
}
