import { type HttpServer, startHttpServer } from '../http-server.ts';
import { cloudFormation, type StackState } from './cloudformation.ts';
import { cloudWatch, type WatchedState } from './cloudwatch.ts';
import { type FunctionState, lambda } from './lambda.ts';
import { Refusals } from './refusals.ts';
import { type ScheduleState, scheduler } from './scheduler.ts';
import { type SubscriptionState, sns } from './sns.ts';

/**
 * Stand-ins for the services that a deployment is looked at through, on loopback: wire-compatible as far as they go, with
 * state that a test may change at any time. They refuse what they do not know.
 */
export interface DeployedAws extends AsyncDisposable {
  /** The variables that point the AWS SDK here. */
  readonly environment: Readonly<Record<string, string>>;
  readonly stacks: Map<string, StackState>;
  readonly watched: WatchedState;
  /** By `group/name`. */
  readonly schedules: Map<string, ScheduleState>;
  readonly functions: FunctionState[];
  /** The subscriptions of each topic, by its ARN. */
  readonly topics: Map<string, SubscriptionState[]>;
  /** Calls to refuse, by `service:Action`; `*`: all. */
  readonly refusals: Refusals;
}

export async function startDeployedAws(): Promise<DeployedAws> {
  const stacks = new Map<string, StackState>();
  const watched: WatchedState = { alarms: [], queueAges: new Map() };
  const schedules = new Map<string, ScheduleState>();
  const functions: FunctionState[] = [];
  const topics = new Map<string, SubscriptionState[]>();
  const refusals = new Refusals();
  const servers: Readonly<Record<string, HttpServer>> = {
    AWS_ENDPOINT_URL_CLOUDFORMATION: await startHttpServer(cloudFormation(stacks, refusals)),
    AWS_ENDPOINT_URL_CLOUDWATCH: await startHttpServer(cloudWatch(watched, refusals)),
    AWS_ENDPOINT_URL_SCHEDULER: await startHttpServer(scheduler(schedules, refusals)),
    AWS_ENDPOINT_URL_SNS: await startHttpServer(sns(topics, refusals)),
    AWS_ENDPOINT_URL_LAMBDA: await startHttpServer(lambda(functions, refusals)),
  };
  return {
    environment: Object.fromEntries(Object.entries(servers).map(([name, { origin }]) => [name, origin])),
    ...{ stacks, watched, schedules, functions, topics, refusals },
    async [Symbol.asyncDispose]() {
      await Promise.all(Object.values(servers).map((server) => server[Symbol.asyncDispose]()));
    },
  };
}

export const TOPIC_ARN = 'arn:aws:sns:eu-west-1:111122223333:acme-alarms';
const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:acme-pull';

/** What a deployed environment has, all well and nothing running; alarms by their state. */
export function deploy(
  aws: DeployedAws,
  environment: string,
  alarms: WatchedState['alarms'] = [],
): { readonly pull: FunctionState; readonly stack: StackState } {
  const pull: FunctionState = { arn: FUNCTION_ARN, qualifiers: ['live'], executions: [] };
  aws.functions.push(pull);
  aws.watched.alarms.push(...alarms);
  aws.topics.set(TOPIC_ARN, ['confirmed']);
  aws.schedules.set('default/pull-nightly', {
    state: 'ENABLED',
    expression: 'cron(0 4 * * ? *)',
    timeZone: 'Europe/Amsterdam',
  });
  const stack: StackState = {
    status: 'UPDATE_COMPLETE',
    outputs: {
      PullFunction: `${FUNCTION_ARN}:live`,
      PullSchedule: 'pull-nightly',
      AlarmTopic: TOPIC_ARN,
      Dashboard: 'https://eu-west-1.console.aws.amazon.com/cloudwatch/home#dashboards/dashboard/acme',
    },
  };
  aws.stacks.set(`procurios-sync-${environment}`, stack);
  return { pull, stack };
}
