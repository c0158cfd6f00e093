import type { BundleSize } from './bundles.ts';
import type { CallCount } from './calls.ts';
import type { Memory } from './memory.ts';
import type { PushSpeed } from './push-speed.ts';
import {
  BATCH_WRITE,
  type Contender,
  CURSOR,
  HAL,
  NUMBERED,
  PUT_EACH,
  type Speed,
  UNCHANGED,
} from './speed.ts';

/** All results of a run that have a target. */
interface Results {
  readonly withLatencies: ReadonlyMap<Contender, Speed>;
  readonly atOnce: ReadonlyMap<Contender, Speed>;
  readonly memory: { readonly inLambda: Memory; readonly onMachine: Memory };
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
const LARGEST_BUNDLES_KB: Readonly<Record<string, number>> = { pull: 850, push: 650, enqueue: 650 };

/** Compares the results with their targets. */
export function checkTargets({ withLatencies, atOnce, memory, calls, push, bundles }: Results): Target[] {
  const slow = (contender: Contender) => speedOf(withLatencies, contender);
  const fast = (contender: Contender) => speedOf(atOnce, contender);
  const share = (contender: Contender) => slow(contender).boundMs / slow(contender).wallMs;
  const wall = (contender: Contender) => slow(contender).wallUsPerObject / slow(CURSOR).wallUsPerObject;
  const growth = ({ at10k, at200k }: Memory) => at200k / at10k;
  const firstLoads = calls.filter(({ writeFloor }) => writeFloor > 0);
  const writesOfUnchanged = calls.filter(({ writeFloor }) => writeFloor === 0).map(({ writes }) => writes);

  return [
    atLeast('cursor: share of the latency bound', 0.9, share(CURSOR)),
    atLeast('numbered, 8 in flight: share of the latency bound', 0.75, share(NUMBERED)),
    atLeast('HAL, 8 in flight: share of the latency bound', 0.75, share(HAL)),
    atLeast('cursor: times as fast as B1', 15, wall(PUT_EACH)),
    atLeast('cursor: times as fast as B3', 1.6, wall(BATCH_WRITE)),
    atMost("CPU per object, of B1's, with latencies", 0.1, cpuRatio(slow(CURSOR), slow(PUT_EACH))),
    atMost("CPU per object, of B1's, without", 0.1, cpuRatio(fast(CURSOR), fast(PUT_EACH))),
    atMost(
      "nothing changed: CPU, of a first load's, with latencies",
      0.5,
      cpuRatio(slow(UNCHANGED), slow(CURSOR)),
    ),
    atMost("nothing changed: CPU, of a first load's, without", 0.5, cpuRatio(fast(UNCHANGED), fast(CURSOR))),
    atMost('nothing changed: writes', 0, Math.max(slow(UNCHANGED).written, ...writesOfUnchanged)),
    atMost(
      'write calls, of the fewest possible',
      1.05,
      Math.max(...firstLoads.map(({ writes, writeFloor }) => writes / writeFloor)),
    ),
    atLeast(
      'push, independent subjects: share of the latency bound',
      0.9,
      push.independent.boundMs / push.independent.wallMs,
    ),
    atMost(
      'push, one subject: share of the bound of one at a time',
      1,
      push.oneSubject.boundMs / push.oneSubject.wallMs,
    ),
    atMost('memory at 200,000 objects, of that at 10,000, in Lambda', 1.3, growth(memory.inLambda)),
    atMost("memory at 200,000 objects, of that at 10,000, Node's own limits", 1.3, growth(memory.onMachine)),
    ...bundles.map(({ name, kilobytes }) =>
      atMost(`bundle of ${name}, KB`, LARGEST_BUNDLES_KB[name] ?? 0, kilobytes),
    ),
  ];
}

function speedOf(speeds: ReadonlyMap<Contender, Speed>, contender: Contender): Speed {
  const speed = speeds.get(contender);
  if (speed === undefined) throw new Error(`${contender.label} was not measured`);
  return speed;
}

function cpuRatio(one: Speed, other: Speed): number {
  return one.cpuUsPerObject / other.cpuUsPerObject;
}

function atLeast(label: string, wanted: number, reached: number): Target {
  return { label, wanted: `at least ${wanted}`, reached: rounded(reached), isMet: reached >= wanted };
}

function atMost(label: string, wanted: number, reached: number): Target {
  return { label, wanted: `at most ${wanted}`, reached: rounded(reached), isMet: reached <= wanted };
}

function rounded(value: number): string {
  return value.toPrecision(3).replace(/\.0+$/, '');
}
