import type { BundleSize } from './bundles.ts';
import type { CallCount } from './calls.ts';
import type { CapacityUse } from './capacity.ts';
import {
  AFTERNOON,
  AFTERNOON_UNCHANGED,
  type Contender,
  CURSOR,
  HAL,
  NUMBERED,
  PUT_EACH,
  UNCHANGED,
} from './contenders.ts';
import type { Memory } from './memory.ts';
import { EIGHT_MILLION, MILLION, type NightCost } from './nights.ts';
import type { PushSpeed } from './push-speed.ts';
import type { ScanCost } from './scan.ts';
import { ratioOf, type Speed } from './speed.ts';

/** All results of a run that have a target. */
interface Results {
  readonly withLatencies: ReadonlyMap<Contender, Speed>;
  readonly atOnce: ReadonlyMap<Contender, Speed>;
  readonly memory: Memory;
  readonly capacity: readonly CapacityUse[];
  readonly nights: readonly NightCost[];
  readonly scan: ScanCost;
  readonly calls: readonly CallCount[];
  readonly bundles: readonly BundleSize[];
  readonly push: { readonly independent: PushSpeed; readonly oneSubject: PushSpeed };
}

export interface Target {
  readonly label: string;
  readonly wanted: string;
  readonly reached: string;
  readonly isMet: boolean;
}

/** Largest acceptable bundles, because they are imported at a cold start. In units of 1024 bytes. */
const LARGEST_BUNDLES_KB: Readonly<Record<string, number>> = { pull: 700, push: 400, enqueue: 300 };
/** The most CPU for importing a bundle, of what importing the SDK's client of DynamoDB alone takes. */
const MOST_IMPORT_CPU: Readonly<Record<string, number>> = { pull: 1.4, push: 1, enqueue: 0.8 };

/** Compares the results with their targets. */
export function checkTargets(results: Results): Target[] {
  return [
    ...speedTargets(results),
    ...tableTargets(results),
    ...nightTargets(results),
    ...pushTargets(results),
    ...functionTargets(results),
  ];
}

function speedTargets({ withLatencies, atOnce }: Results): Target[] {
  const share = (contender: Contender) => speedOf(withLatencies, contender).pages?.reached.median ?? NaN;
  const cpu = (ours: Contender, baseline: Contender) =>
    ratioOf(speedOf(atOnce, ours), speedOf(atOnce, baseline), 'cpuUsPerObject').median;
  return [
    atLeast('cursor, first load: share of the latency bound', 0.95, share(CURSOR)),
    atLeast('cursor, unchanged: share of the latency bound', 0.95, share(UNCHANGED)),
    atLeast('numbered, 8 in flight: share of the latency bound', 0.9, share(NUMBERED)),
    atLeast('HAL, 8 in flight: share of the latency bound', 0.9, share(HAL)),
    atMost("first load: CPU per object, of B1's", 1 / 14, cpu(CURSOR, PUT_EACH)),
    atMost("first load: CPU per object, of the afternoon's", 0.55, cpu(CURSOR, AFTERNOON)),
    atMost("unchanged: CPU per object, of B1's", 1 / 30, cpu(UNCHANGED, PUT_EACH)),
    atMost("unchanged: CPU per object, of the afternoon's", 0.5, cpu(UNCHANGED, AFTERNOON_UNCHANGED)),
  ];
}

function tableTargets({ withLatencies, calls, scan }: Results): Target[] {
  const writing = calls.filter(({ writeFloor }) => writeFloor > 0);
  const most = (figure: (count: CallCount) => number) => Math.max(...writing.map(figure));
  return [
    atMost('unchanged: writes', 0, speedOf(withLatencies, UNCHANGED).written),
    atMost(
      'write calls, of the fewest possible',
      1.05,
      most((count) => count.writes / count.writeFloor),
    ),
    atMost('scan and map: CPU per item, µs', 5, scan.cpuUsPerItem),
  ];
}

function nightTargets({ capacity, nights }: Results): Target[] {
  const unchanged = capacity.find(({ kilobytes, object }) => kilobytes === 1 && object === 'unchanged');
  const nightOf = (objects: number) => nights.find((night) => night.objects === objects);
  return [
    atMost('unchanged: read units per object of 1 KB', 0.16, unchanged?.readPerObject ?? NaN),
    atMost('an unchanged million in a night, $', 0.045, nightOf(MILLION.objects)?.dollars ?? NaN),
    atMost(
      '8 million unchanged, 16 invocations: units per object',
      0.25,
      nightOf(EIGHT_MILLION.objects)?.units ?? NaN,
    ),
  ];
}

function pushTargets({ push: { independent, oneSubject } }: Results): Target[] {
  return [
    atLeast('push, ten subjects: share of the latency bound', 0.92, independent.boundMs / independent.wallMs),
    atMost('push: CPU per change, ms', 2.7, independent.cpuUsPerChange / 1000),
    atMost(
      'push, one subject: share of the bound of one at a time',
      1,
      oneSubject.boundMs / oneSubject.wallMs,
    ),
  ];
}

function functionTargets({ memory: { at10k, at1M, ofLargePages }, bundles }: Results): Target[] {
  return [
    atMost('memory at 1,000,000 objects, of that at 10,000', 1.3, at1M.nightAfter / at10k.nightAfter),
    atMost('memory with pages of 31 MB, MB', 512, ofLargePages),
    ...bundles.flatMap(({ name, kilobytes, importCpuOfSdk }) => [
      atMost(`bundle of ${name}, KB`, LARGEST_BUNDLES_KB[name] ?? 0, kilobytes),
      atMost(`import of ${name}: CPU, of the SDK's alone`, MOST_IMPORT_CPU[name] ?? 0, importCpuOfSdk),
    ]),
  ];
}

function speedOf(speeds: ReadonlyMap<Contender, Speed>, contender: Contender): Speed {
  const speed = speeds.get(contender);
  if (speed === undefined) throw new Error(`${contender.label} was not measured`);
  return speed;
}

function atLeast(label: string, wanted: number, reached: number): Target {
  return {
    label,
    wanted: `at least ${rounded(wanted)}`,
    reached: rounded(reached),
    isMet: reached >= wanted,
  };
}

function atMost(label: string, wanted: number, reached: number): Target {
  return { label, wanted: `at most ${rounded(wanted)}`, reached: rounded(reached), isMet: reached <= wanted };
}

function rounded(value: number): string {
  return value.toPrecision(3).replace(/\.0+$/, '');
}
