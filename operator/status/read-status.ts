import { createChangeQueue } from '../../lambda/aws/queue/change-queue.ts';
import type { StateTable } from '../../lambda/aws/state/state-table.ts';
import { SyncError } from '../../lambda/core/errors.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { changeQueueName, deadLetterQueueName } from '../../lambda/deployment/names.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import { createQueues } from '../../local/endpoints/queues.ts';
import { CommandError } from '../command-error.ts';
import { readAlarms } from '../deployed/alarms.ts';
import { createDeployedClients, type DeployedClients } from '../deployed/aws-clients.ts';
import { listExecutions } from '../deployed/executions.ts';
import { readOldestMessageAge } from '../deployed/queue.ts';
import { readSchedule } from '../deployed/schedule.ts';
import { readStack, requireOutput } from '../deployed/stack.ts';
import { proxyFrom } from '../proxy.ts';
import type { Session } from '../session.ts';
import { countChanges } from './count-changes.ts';
import { readPullingProcess } from './pulling-process.ts';
import { readPulls, reportHead } from './read-pulls.ts';
import {
  MOST_COUNTED,
  type Part,
  type PullInProgress,
  type QueueStatus,
  type StatusReport,
} from './status-report.ts';

/** Accepted changes are counted for 7 days. */
const ACCEPTED_FOR_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * Reads the state of an environment, each part by itself, so that a part that cannot be read does not hide the others.
 *
 * @throws The error of the first part if no part can be read.
 */
export async function readStatus(session: Session): Promise<StatusReport> {
  using deployed = session.isAlone ? undefined : createDeployedClients(proxyFrom(process.env));
  const { config } = session;
  const nowMs = Date.now();
  const state = session.state();
  const readers = {
    ...(deployed && readDeployed(config, state, deployed, nowMs)),
    ...readPulls(session, nowMs),
    changes: countChanges(state, nowMs - ACCEPTED_FOR_MS, MOST_COUNTED),
    ...readQueues(session, deployed, nowMs),
  };
  const results = await Promise.allSettled(Object.values<Promise<unknown>>(readers));
  const [first] = results;
  if (first?.status === 'rejected' && results.every(({ status }) => status === 'rejected'))
    throw first.reason;
  const parts = results.map((result, index) => [Object.keys(readers)[index], partOf(result)] as const);
  return {
    environment: config.environment,
    ...reportHead(session, nowMs),
    ...(Object.fromEntries(parts) as unknown as Omit<StatusReport, 'environment' | 'at' | 'timeZone'>),
  };
}

/** @throws The error if it is an unexpected one, so that the command ends with `BUG`. */
function partOf(result: PromiseSettledResult<unknown>): Part<unknown> {
  if (result.status === 'fulfilled') return { value: result.value };
  const { reason } = result;
  if (reason instanceof SyncError || reason instanceof CommandError) return { unavailable: reason.message };
  throw reason;
}

function readDeployed({ environment }: Config, state: StateTable, clients: DeployedClients, nowMs: number) {
  const stack = readStack(clients.cloudFormation, environment);
  const output = async (name: 'pullFunction' | 'pullSchedule') => requireOutput(await stack, name);
  const readPullInProgress = async (): Promise<PullInProgress | null> => {
    const [execution] = await listExecutions(clients.lambda, await output('pullFunction'), {
      areAtWork: true,
    });
    if (execution) return { owner: `execution ${execution.name}`, since: execution.startedAt };
    const pulling = await readPullingProcess(state, nowMs);
    return pulling ? { owner: pulling.owner, since: pulling.since } : null;
  };
  return {
    stack,
    schedule: output('pullSchedule').then((name) => readSchedule(clients.scheduler, name, nowMs)),
    alarms: readAlarms(clients.cloudWatch, environment),
    atWork: readPullInProgress(),
  };
}

function readQueues({ config, sqs }: Session, deployed: DeployedClients | undefined, nowMs: number) {
  const { environment } = config;
  const created = deployed === undefined ? createQueues(sqs, config) : undefined;
  const read = async (queueName: string, key: 'changes' | 'deadLetters'): Promise<QueueStatus> => {
    const urls = await created;
    const where = urls === undefined ? { queueName } : { queueUrl: urls[key] };
    const { visible, hidden } = await createChangeQueue({
      client: sqs,
      clock: systemClock,
      ...where,
    }).count();
    // The age needs a right of CloudWatch, and the report is useful without it.
    const age =
      deployed && (await readOldestMessageAge(deployed.cloudWatch, queueName, nowMs).catch(() => undefined));
    const messages = visible + hidden;
    return { messages, hidden, ...(age !== undefined && messages > 0 && { oldestSeconds: age }) };
  };
  return {
    queue: read(changeQueueName(environment), 'changes'),
    deadLetters: read(deadLetterQueueName(environment), 'deadLetters'),
  };
}
