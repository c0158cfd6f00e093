import { SyncError } from '../../lambda/core/errors.ts';
import { CommandError } from '../command-error.ts';
import { type Alarm, readAlarms } from '../deployed/alarms.ts';
import { createDeployedClients, type DeployedClients } from '../deployed/aws-clients.ts';
import { readFunction } from '../deployed/function-state.ts';
import { readSchedule } from '../deployed/schedule.ts';
import { readStack, type Stack } from '../deployed/stack.ts';
import { countSubscriptions } from '../deployed/subscriptions.ts';
import { proxyFrom } from '../proxy.ts';
import { countOf, minuteIn, timeIn } from '../words.ts';
import { checkStores } from './check-stores.ts';
import { type Finding, failure, information, ok, warning } from './finding.ts';
import { DEPLOY_OR_REVERT, fixOfRefusal, RUN_DEPLOY } from './fixes.ts';
import type { Subject } from './subject.ts';

/** Checks the stack with its tables, queues, functions, schedule and alarms; with `--embedded` only the local tables. */
export async function* checkDeployment(subject: Subject): AsyncGenerator<Finding> {
  if (subject.session.isAlone) {
    yield* checkStores(subject, false);
    return;
  }
  using clients = createDeployedClients(proxyFrom(process.env));
  const { environment, schedule } = subject.config;
  const { timeZone } = schedule;
  let stack: Stack | undefined;
  try {
    stack = await findStack(clients, environment);
  } catch (error) {
    yield unreadable('stack', error);
  }
  if (stack !== undefined) yield judgeStack(stack, timeZone);
  yield* checkStores(subject, stack !== undefined);
  if (stack === undefined) return;
  yield* checkFunctions(clients, stack);
  yield* checkSchedule(clients, stack);
  yield* checkAlarms(clients, environment, timeZone);
  yield* checkSubscriptions(clients, stack);
}

/** @returns Undefined if it is not deployed. */
async function findStack(clients: DeployedClients, environment: string): Promise<Stack | undefined> {
  try {
    return await readStack(clients.cloudFormation, environment);
  } catch (error) {
    if (error instanceof CommandError && error.code === 'NOT_DEPLOYED') return undefined;
    throw error;
  }
}

/** The finding for a check that AWS refuses. */
function unreadable(check: string, error: unknown): Finding {
  if (!(error instanceof SyncError)) throw error;
  return failure(check, `${error.code} ${error.message}`, fixOfRefusal(error));
}

function judgeStack({ name, status, deployedAt }: Stack, timeZone: string): Finding {
  if (status.endsWith('_IN_PROGRESS')) {
    return information('stack', `${name} is ${status}, so the findings below may change`);
  }
  return /FAILED|ROLLBACK/.test(status)
    ? failure(
        'stack',
        `${name} is ${status}`,
        `open the events of ${name} in CloudFormation, correct the cause that they name, then run ${RUN_DEPLOY}`,
      )
    : ok('stack', `${name}, deployed ${timeIn(timeZone, deployedAt)}`);
}

const FUNCTIONS = [
  ['pullFunction', 'pull'],
  ['pushFunction', 'push'],
  ['enqueueFunction', 'enqueue'],
] as const;

async function* checkFunctions(clients: DeployedClients, { outputs }: Stack): AsyncGenerator<Finding> {
  const deployed = FUNCTIONS.filter(([output]) => outputs[output] !== undefined);
  if (outputs.pullFunction === undefined) {
    yield failure('functions', 'the stack has no pull function', RUN_DEPLOY);
  }
  const states: string[] = [];
  for (const [output, name] of deployed) {
    try {
      const found = await readFunction(clients.lambda, outputs[output] ?? '');
      if (found === undefined) {
        yield failure('functions', `the ${name} function no longer exists`, DEPLOY_OR_REVERT);
      } else if (found.state === 'Failed' || found.lastUpdate === 'Failed') {
        yield failure('functions', `the deployment of the ${name} function failed`, RUN_DEPLOY);
      } else states.push(`${name} (${found.state})`);
    } catch (error) {
      yield unreadable('functions', error);
      return;
    }
  }
  if (deployed.length > 0 && states.length === deployed.length) yield ok('functions', states.join(', '));
}

async function* checkSchedule(clients: DeployedClients, { outputs }: Stack): AsyncGenerator<Finding> {
  const name = outputs.pullSchedule;
  if (name === undefined) {
    yield failure('schedule', 'the stack has no schedule, so no pull starts by itself', RUN_DEPLOY);
    return;
  }
  try {
    const { isEnabled, expression, timeZone, nextStartAt } = await readSchedule(
      clients.scheduler,
      name,
      Date.now(),
    );
    yield isEnabled
      ? ok(
          'schedule',
          `${expression} ${timeZone}; next start ${nextStartAt === undefined ? 'unknown' : minuteIn(timeZone, nextStartAt)}`,
        )
      : warning(
          'schedule',
          `${name} is paused, so no pull starts by itself`,
          `enable ${name} in the AWS console: Amazon EventBridge, Schedules`,
        );
  } catch (error) {
    yield error instanceof SyncError && error.code === 'STORE_MISSING'
      ? failure('schedule', `${name} no longer exists`, DEPLOY_OR_REVERT)
      : unreadable('schedule', error);
  }
}

async function* checkAlarms(
  clients: DeployedClients,
  environment: string,
  timeZone: string,
): AsyncGenerator<Finding> {
  try {
    yield* judgeAlarms(await readAlarms(clients.cloudWatch, environment), timeZone);
  } catch (error) {
    yield unreadable('alarms', error);
  }
}

/** Checks that alarms reach an operator. */
async function* checkSubscriptions(clients: DeployedClients, { outputs }: Stack): AsyncGenerator<Finding> {
  if (outputs.alarmTopic === undefined) return;
  try {
    const { confirmed, pending } = await countSubscriptions(clients.sns, outputs.alarmTopic);
    if (confirmed > 0) {
      yield ok(
        'alarm mails',
        `${countOf(confirmed, 'subscription')}; npx procurios-sync test-alarm tries the way`,
      );
    } else {
      yield pending > 0
        ? failure('alarm mails', 'the subscription waits to be confirmed, so no alarm reaches you', CONFIRM)
        : failure('alarm mails', 'the topic has no subscription, so no alarm reaches you', SUBSCRIBE);
    }
  } catch (error) {
    yield error instanceof SyncError && error.code === 'STORE_MISSING'
      ? failure('alarm mails', 'the topic of the alarms no longer exists', DEPLOY_OR_REVERT)
      : unreadable('alarm mails', error);
  }
}

const CONFIRM =
  'open the link in the mail of AWS; it is valid for 3 days, and a new subscription to the topic in SNS sends another';
const SUBSCRIBE = `set alarmEmail in the config and run ${RUN_DEPLOY}, or subscribe to the topic in the stack's output AlarmTopic`;

function judgeAlarms(alarms: readonly Alarm[], timeZone: string): Finding[] {
  const firing = alarms.filter(({ state }) => state === 'ALARM');
  if (firing.length > 0) {
    return firing.map(({ name, since, impact, runbook }) =>
      failure(
        'alarms',
        `${name} since ${timeIn(timeZone, since)}`,
        runbook === undefined ? impact || 'open the alarm in CloudWatch' : `see ${runbook}`,
      ),
    );
  }
  if (alarms.length === 0) {
    return [warning('alarms', 'the stack has no alarms, so a pull that fails raises none', DEPLOY_OR_REVERT)];
  }
  const quiet = alarms.filter(({ state }) => state === 'OK').length;
  return [
    ok(
      'alarms',
      `${countOf(alarms.length, 'alarm')}: ${quiet} OK, ${alarms.length - quiet} without data yet`,
    ),
  ];
}
