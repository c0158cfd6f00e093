import { cpus } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { startBilling } from './billing.ts';
import { measureBundles } from './bundles.ts';
import { countCalls } from './calls.ts';
import { measureCapacity } from './capacity.ts';
import { measureMemory } from './memory.ts';
import { measureNights } from './nights.ts';
import { endAll } from './processes.ts';
import { measurePush } from './push-speed.ts';
import { measureScan } from './scan.ts';
import { measureSpeed, startContenders } from './speed.ts';
import { type Latencies, NO_LATENCY, type Surroundings, startSurroundings } from './surroundings.ts';
import {
  bundleTable,
  callTable,
  capacityTable,
  cpuTable,
  memoryTable,
  nightTable,
  pushTable,
  targetTable,
  wallTable,
} from './tables.ts';
import { checkTargets } from './targets.ts';

const LATENCIES: Latencies = { pageMs: 100, callMs: 20 };
/** Assumed times of Procurios for handling a form, and of DynamoDB for a single item. */
const PUSH_LATENCIES = { writeMs: 300, callMs: 5 };
const ROUNDS = 3;
const ROUNDS_AT_ONCE = 5;
const PROCESSES_FOR_MEMORY = 3;
const ROUNDS_OF_IMPORTS = 7;
const SCANNED_ITEMS = 1_000_000;

function print(title: string, table: string): void {
  console.log(`\n${title}\n${table}`);
}

function machine(): string {
  const all = cpus();
  const model = all[0]?.model.trim() ?? 'unknown CPU';
  return `${model}, ${all.length} cores, Node ${process.versions.node}, ${process.platform}`;
}

/** A share of the processors above which other work spoils the figures. */
const BUSY = 0.1;

/** Measures for a second how busy other work keeps the processors, while this process and its scripts rest. */
async function loadOfOthers(when: string): Promise<string> {
  const before = idleMs();
  await setTimeout(1000);
  const share = Math.max(0, 1 - (idleMs() - before) / (cpus().length * 1000));
  const warning = share > BUSY ? ', so these figures are unreliable: run nothing else on the machine' : '';
  return `${when}, other work took ${Math.round(share * 100)} % of the processors${warning}`;
}

function idleMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.idle, 0);
}

async function measureSpeeds(surroundings: Surroundings) {
  const scripts = await startContenders(surroundings);
  const atOnce = await measureSpeed(scripts, NO_LATENCY, ROUNDS_AT_ONCE);
  print(`No latency: the client is the limit (medians of ${ROUNDS_AT_ONCE} rounds)`, cpuTable(atOnce));

  await surroundings.setLatencies(LATENCIES);
  const withLatencies = await measureSpeed(scripts, LATENCIES, ROUNDS);
  const { pageMs, callMs } = LATENCIES;
  print(
    `A page of 100 objects of 1 KB: ${pageMs} ms, a DynamoDB call: ${callMs} ms (medians of ${ROUNDS} rounds)`,
    wallTable(withLatencies),
  );
  for (const script of scripts.values()) script.end();
  await surroundings.setLatencies(NO_LATENCY);
  return { atOnce, withLatencies };
}

async function measurePulls(surroundings: Surroundings) {
  const calls = await countCalls(surroundings);
  print("Calls to a stream's table, and the fewest possible", callTable(calls));

  const scan = await measureScan(SCANNED_ITEMS, ROUNDS);
  const { items, cpuUsPerItem } = scan;
  print(
    `A table of ${items.toLocaleString('en')} items of 1 KB, scanned into a map`,
    `${cpuUsPerItem.toFixed(1)} µs of CPU per item (median of ${ROUNDS} rounds)`,
  );

  const memory = await measureMemory(surroundings, PROCESSES_FOR_MEMORY);
  print('Peak memory under the limits of a Lambda function of 512 MB', memoryTable(memory));
  return { calls, scan, memory };
}

async function measureUnits() {
  const billing = await startBilling();
  try {
    const capacity = await measureCapacity(billing);
    print("Capacity units per object in a stream's table, from dynalite", capacityTable(capacity));
    const nights = await measureNights(billing);
    print('Unchanged nights in Lambda, computed from smaller ones: units per object, $', nightTable(nights));
    return { capacity, nights };
  } finally {
    await billing.end();
  }
}

async function run(): Promise<void> {
  console.log(`${machine()}\n${await loadOfOthers('Before')}`);
  const surroundings = await startSurroundings();
  const speeds = await measureSpeeds(surroundings);
  const pulls = await measurePulls(surroundings);

  const push = await measurePush(PUSH_LATENCIES, ROUNDS);
  print(
    `Changes: a write ${PUSH_LATENCIES.writeMs} ms, a call to the ledger ${PUSH_LATENCIES.callMs} ms (medians of ${ROUNDS} rounds)`,
    pushTable([push.independent, push.oneSubject]),
  );

  const bundles = await measureBundles(ROUNDS_OF_IMPORTS);
  print(
    `Functions' code, and importing it in a new process (medians of ${ROUNDS_OF_IMPORTS} rounds)`,
    bundleTable(bundles),
  );

  const units = await measureUnits();
  print('Targets', targetTable(checkTargets({ ...speeds, ...pulls, ...units, push, bundles })));
  console.log(await loadOfOthers('Afterwards'));
}

try {
  await run();
} finally {
  endAll();
}
