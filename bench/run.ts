import { cpus, loadavg } from 'node:os';
import { measureBundles } from './bundles.ts';
import { countCalls } from './calls.ts';
import { measureCapacity } from './capacity.ts';
import { measureMemory } from './memory.ts';
import { endAll } from './processes.ts';
import { measurePush } from './push-speed.ts';
import { measureSpeed, startContenders } from './speed.ts';
import { type Latencies, NO_LATENCY, type Surroundings, startSurroundings } from './surroundings.ts';
import {
  bundleTable,
  callTable,
  capacityTable,
  memoryTable,
  pushTable,
  speedTable,
  targetTable,
} from './tables.ts';
import { checkTargets } from './targets.ts';

const LATENCIES: Latencies = { pageMs: 100, callMs: 20 };
/** Assumed times of Procurios for handling a form, and of DynamoDB for a single item. */
const PUSH_LATENCIES = { writeMs: 300, callMs: 5 };
const ROUNDS = 3;
const ROUNDS_AT_ONCE = 5;
const PROCESSES_FOR_MEMORY = 3;
const PROCESSES_FOR_IMPORTS = 7;

function print(title: string, table: string): void {
  console.log(`\n${title}\n${table}`);
}

function machine(): string {
  const all = cpus();
  const model = all[0]?.model.trim() ?? 'unknown CPU';
  return `${model}, ${all.length} cores, Node ${process.versions.node}, ${process.platform}`;
}

/** Printed before and after, because other work on the machine makes the figures unreliable. */
function load(when: string): string {
  return `load average ${when}: ${loadavg()[0]?.toFixed(1)}`;
}

async function measureSpeeds(surroundings: Surroundings) {
  const scripts = await startContenders(surroundings);
  const atOnce = await measureSpeed(scripts, NO_LATENCY, ROUNDS_AT_ONCE);
  print(`No latency: the client is the limit (medians of ${ROUNDS_AT_ONCE} rounds)`, speedTable(atOnce));

  await surroundings.setLatencies(LATENCIES);
  const withLatencies = await measureSpeed(scripts, LATENCIES, ROUNDS);
  const { pageMs, callMs } = LATENCIES;
  print(
    `A page of 100 objects of 1 KB: ${pageMs} ms, a DynamoDB call: ${callMs} ms (medians of ${ROUNDS} rounds)`,
    speedTable(withLatencies),
  );
  for (const script of scripts.values()) script.end();
  await surroundings.setLatencies(NO_LATENCY);
  return { atOnce, withLatencies };
}

async function run(): Promise<void> {
  console.log(`${machine()}, ${load('before')}`);
  const surroundings = await startSurroundings();
  const speeds = await measureSpeeds(surroundings);

  const calls = await countCalls(surroundings);
  print("Calls to a stream's table, and the fewest possible", callTable(calls));

  const push = await measurePush(PUSH_LATENCIES, ROUNDS);
  print(
    `Changes: a write ${PUSH_LATENCIES.writeMs} ms, a call to the ledger ${PUSH_LATENCIES.callMs} ms (medians of ${ROUNDS} rounds)`,
    pushTable([push.independent, push.oneSubject]),
  );

  const memory = await measureMemory(surroundings, PROCESSES_FOR_MEMORY);
  print(
    `Peak memory of a first load (medians of ${PROCESSES_FOR_MEMORY} processes)`,
    memoryTable([memory.inLambda, memory.onMachine]),
  );

  const bundles = await measureBundles(PROCESSES_FOR_IMPORTS);
  print(
    `Functions' code, and importing it in a new process (medians of ${PROCESSES_FOR_IMPORTS})`,
    bundleTable(bundles),
  );

  print('Capacity units per object, from dynalite', capacityTable(await measureCapacity()));
  print('Targets', targetTable(checkTargets({ ...speeds, memory, calls, push, bundles })));
  console.log(load('after'));
}

try {
  await run();
} finally {
  endAll();
}
