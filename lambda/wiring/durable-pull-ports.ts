import { randomUUID } from 'node:crypto';
import type { DynamoDBClient, EventBridgeClient, LambdaClient } from '../aws/clients.ts';
import { putEvent } from '../aws/event-bus.ts';
import { readExecutionState } from '../aws/executions.ts';
import { saveRunReceipt } from '../aws/state/run-store.ts';
import { createStateTable, type StateTable } from '../aws/state/state-table.ts';
import { releaseExecutionLease, resumeLease, takeLease } from '../aws/state/take-lease.ts';
import type { WalkMemory } from '../aws/state/walk-store.ts';
import type { Failure } from '../core/pull/receipt.ts';
import type { Run, RunPorts } from '../core/pull/run-ports.ts';
import type { Config } from '../deployment/config.ts';
import { PULL_EXECUTION_HOURS } from '../deployment/function-limits.ts';
import { EVENTS, stateTableName } from '../deployment/names.ts';
import { createClient } from '../procurios/http/client.ts';
import { listPages } from '../procurios/listing/listing.ts';
import type { NamingTokenSource } from '../procurios/token/client-token.ts';
import { systemClock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { errorFields } from '../runtime/log.ts';
import { logProgress } from '../runtime/log-progress.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { putRunMetrics } from '../runtime/metrics.ts';
import { createPauseMeter } from '../runtime/pause-meter.ts';
import type { DurablePullPorts, Invocation } from './durable-pull.ts';
import { listUnfinished, saveCutOffReceipt, storesUnder } from './run-pull.ts';
import { accessOf } from './token-source.ts';
import { watchDeletes } from './watch-deletes.ts';

/** What the ports of the deployed pull are made from. */
export interface DurablePullOptions {
  readonly config: Config;
  readonly dynamoDb: DynamoDBClient;
  readonly lambda: LambdaClient;
  readonly eventBridge: EventBridgeClient;
  readonly token: NamingTokenSource;
  readonly log: Log;
  readonly metrics: Metrics;
}

const EXECUTION_MS = PULL_EXECUTION_HOURS * 60 * 60 * 1000;
/** The end of the execution's time, reserved for a slice that began in time and for saving the receipt. 20 minutes. */
const TIME_TO_END_MS = 20 * 60 * 1000;

/** Creates the ports of the deployed pull. */
export function durablePorts(options: DurablePullOptions): DurablePullPorts {
  const { config, dynamoDb, log, metrics } = options;
  const state = createStateTable(dynamoDb, stateTableName(config.environment));
  return {
    streams: config.streams,
    begin: (executionArn) => begin(executionArn, options, state),
    openRun: (run, invocation) => openRun(run, invocation, options, state),
    async finish(receipt, executionArn) {
      await saveRunReceipt(state, receipt);
      await releaseExecutionLease(state, executionArn);
    },
    async report(receipt) {
      log.info('run ends', { runId: receipt.runId, status: receipt.status });
      putRunMetrics(metrics, receipt);
      try {
        await watchDeletes({ state, streams: config.streams, clock: systemClock, metrics });
      } catch (error) {
        log.error('what is held cannot be read, so the alarms about deletes keep their state', {
          runId: receipt.runId,
          ...errorFields(error),
        });
      }
      try {
        const detail = { environment: config.environment, ...receipt };
        await putEvent(options.eventBridge, { ...EVENTS.pullFinished, detail });
      } catch (error) {
        log.error('the event of the run could not be sent', { runId: receipt.runId, ...errorFields(error) });
      }
    },
    reportFailure({ code, message }) {
      log.error('the run could not begin, or its receipt could not be saved', { code, error: message });
      metrics.count({ runFailed: 1 });
    },
    reportSkipped(reason) {
      log.warn('another pull is in progress, so this one is skipped', { reason });
      metrics.count({ runsSkipped: 1 });
    },
    unexpected: (error) => unexpected(error, log),
  };
}

async function begin(
  arn: string,
  { config, lambda, log }: DurablePullOptions,
  state: StateTable,
): Promise<Run> {
  const newRunId = randomUUID();
  const {
    runId = newRunId,
    since: startedAt,
    until,
  } = await takeLease({
    state,
    holderName: `execution ${arn}`,
    runId: newRunId,
    execution: { arn, endsAtMs: systemClock.now() + EXECUTION_MS },
    isAlone: false,
    readHolderState: (holderArn) => readExecutionState(lambda, holderArn),
    async noteCutOff(holder) {
      log.warn('the run before was cut off; this run continues its walks', { runId: holder.runId });
      await saveCutOffReceipt(state, config.streams, holder);
    },
    onWatch: ({ owner }) => log.info('the lease is watched before it is taken over', { owner }),
    clock: systemClock,
  });
  const unfinished = await listUnfinished(state, config.streams);
  log.info('run begins', { runId, streams: config.streams.length, unfinished: unfinished.join(', ') });
  return { runId, startedAt, unfinished, deadlineMs: until - TIME_TO_END_MS };
}

function openRun(
  { runId }: Run,
  { executionArn, timeLeftMs }: Invocation,
  { config, dynamoDb, token, log, metrics }: DurablePullOptions,
  state: StateTable,
): RunPorts {
  const { host, acceptLanguage, requestsPerSecond } = config;
  const pause = createPauseMeter(systemClock, (secondsPaused) => metrics.count({ secondsPaused }));
  // A new client for each invocation, because the pauses that an older one still waits for are over.
  const procurios = createClient({
    ...{ host, acceptLanguage, token, requestsPerSecond: requestsPerSecond.pull },
    onRetry: ({ delayMs }) => pause(delayMs),
  });
  const memory: WalkMemory = {};
  const progress = logProgress(log);
  const onAbsencesLost = (stream: string) => {
    log.warn('what was known of absent objects cannot be read, so the counts start over', { stream });
  };
  return {
    clock: systemClock,
    signal: new AbortController().signal,
    timeLeftMs,
    unexpected: (error) => unexpected(error, log),
    access: () => accessOf(config, token),
    requestsSent: () => procurios.requests,
    listPages: (stream, from, signal, budget) => listPages(procurios, stream, from, signal, budget),
    async openStores(stream) {
      const lease = await resumeLease(state, executionArn, systemClock);
      const stores = storesUnder(lease, { state, config, dynamoDb, runId, stream, memory, onAbsencesLost });
      return { ...stores, [Symbol.asyncDispose]: () => lease.pause() };
    },
    // After each slice, because a walk may take several nights and each night's metrics count its own slices.
    countSlice: ({ name }, counts) => metrics.countStream(name, counts),
    progress: {
      ...progress,
      waits(stream, ms) {
        progress.waits(stream, ms);
        metrics.count({ throttled: 1 });
        pause(ms);
      },
    },
  };
}

function unexpected(error: unknown, log: Log): Failure {
  const fields = errorFields(error);
  log.error('unexpected error', fields);
  return { code: 'BUG', message: `${fields.code}; the stack is in the log` };
}
