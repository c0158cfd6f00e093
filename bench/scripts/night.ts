import { createDynamoDb, createEventBridge, createLambda } from '../../lambda/aws/clients.ts';
import type { Engine } from '../../lambda/core/pull/engine.ts';
import { pullStreams, runReceiptOf } from '../../lambda/core/pull/run.ts';
import type { Run, RunPorts } from '../../lambda/core/pull/run-ports.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import type { DurablePullPorts } from '../../lambda/wiring/durable-pull.ts';
import { durablePorts } from '../../lambda/wiring/durable-pull-ports.ts';
import { configOf, tokenFor } from './configuration.ts';
import { type Pulled, type Round, serveRounds } from './round.ts';

/** A pull in Lambda that takes its time. */
export interface NightRound extends Round {
  /** How long the listing takes. A clock runs so much faster that its pages take that long. */
  readonly minutes: number;
}

/** What a night took. */
export interface Night extends Pulled {
  readonly invocations: number;
  /** Durable operations: steps and waits. */
  readonly operations: number;
}

const INVOCATION_MS = 15 * 60_000;
/** The operations `begin`, `end`, `finish` and `tell`. */
const OPERATIONS_OF_A_RUN = 4;

let nights = 0;

serveRounds(async (round: NightRound): Promise<Night> => {
  nights += 1;
  const config = configOf(round);
  const executionArn = `night-${nights}`;
  const durable = durablePorts({
    config,
    dynamoDb: createDynamoDb(),
    lambda: createLambda(),
    eventBridge: createEventBridge(),
    token: tokenFor(config),
    log: { info() {}, warn() {}, error: console.error },
    metrics: { count() {}, countStream() {} },
  });
  const run = await durable.begin(executionArn);
  const msPerPage = Math.round((round.minutes * 60_000 * round.perPage) / round.objects);
  const { ports, engine, took } = openNight(durable, run, executionArn, msPerPage);
  const receipts = await pullStreams(run, config.streams, ports, engine);
  await durable.finish(runReceiptOf(run, receipts, ports.clock.now()), executionArn);
  const [pulled] = Object.values(receipts);
  if (pulled?.status !== 'complete') throw new Error(`the pull is not complete: ${pulled?.error?.message}`);
  return { fetched: pulled.fetched, written: pulled.written, ...took };
});

/** The ports and the engine of a run whose waits end an invocation, as in Lambda. Each page takes `msPerPage` by their clock. */
function openNight(durable: DurablePullPorts, run: Run, executionArn: string, msPerPage: number) {
  const took = { invocations: 0, operations: OPERATIONS_OF_A_RUN };
  let nowMs = systemClock.now();
  let endsAtMs = 0;
  const timeLeftMs = () => endsAtMs - nowMs;
  const invoke = (): RunPorts => {
    took.invocations += 1;
    endsAtMs = nowMs + INVOCATION_MS;
    return durable.openRun(run, { executionArn, timeLeftMs });
  };
  let invocation = invoke();
  const ports: RunPorts = {
    ...invocation,
    clock: { ...systemClock, now: () => nowMs },
    timeLeftMs,
    openStores: (stream) => invocation.openStores(stream),
    listPages: (...listing) => invocation.listPages(...listing),
    requestsSent: () => invocation.requestsSent(),
    progress: {
      ...invocation.progress,
      pageTaken() {
        nowMs += msPerPage;
      },
    },
  };
  const engine: Engine = {
    mostOperations: Number.POSITIVE_INFINITY,
    step(_name, work) {
      took.operations += 1;
      return work();
    },
    async wait() {
      took.operations += 1;
      invocation = invoke();
    },
  };
  return { ports, engine, took };
}
