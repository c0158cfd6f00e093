/**
 * The names of everything in AWS, which follow from the config.
 *
 * Two environments in one AWS account and region must not be such that one's name, a hyphen and a stream's name
 * make the other's: the stream `b-c` of `a` and the stream `c` of `a-b` would share a table. A config cannot
 * know of the other; what it can rule out, a stream whose table is some environment's state table, it refuses.
 */

/** The table with receipts, positions and the lease. */
export function stateTableName(environment: string): string {
  return `procurios-sync-${environment}-state`;
}

/** The table with the items of one stream. */
export function streamTableName(environment: string, stream: string): string {
  return `procurios-sync-${environment}-${stream}`;
}

/** The secret with `{"clientId": "…", "clientSecret": "…"}`, unless the config names another. */
export function clientSecretName(environment: string): string {
  return `procurios-sync/${environment}/client`;
}

/** The FIFO queue that carries changes. */
export function changeQueueName(environment: string): string {
  return `procurios-sync-${environment}-changes.fifo`;
}

/** Where messages end that were delivered again and again and could not even be recorded. */
export function deadLetterQueueName(environment: string): string {
  return `procurios-sync-${environment}-changes-dead.fifo`;
}

/** The CloudFormation stack. */
export function stackName(environment: string): string {
  return `procurios-sync-${environment}`;
}

/** The secret with the token of a user who logged in, by the authorization code grant. */
export function userSecretName(environment: string): string {
  return `procurios-sync/${environment}/user`;
}

/** The dashboard in CloudWatch. */
export function dashboardName(environment: string): string {
  return stackName(environment);
}

/** Outputs of the stack: how commands find what CloudFormation has named. */
export const OUTPUTS = {
  /** ARN of the alias by which the pull is started. */
  pullFunction: 'PullFunction',
  pushFunction: 'PushFunction',
  enqueueFunction: 'EnqueueFunction',
  /** Name of the pull's schedule in EventBridge Scheduler. */
  pullSchedule: 'PullSchedule',
  /** ARN of the topic that alarms are sent to. */
  alarmTopic: 'AlarmTopic',
  /** Address of the dashboard in the console. */
  dashboard: 'Dashboard',
} as const;

/** Events on the account's default bus. */
export const EVENTS = {
  /** Put by programs: a change that is to be queued. */
  change: { detailType: 'Procurios Change' },
  /** Put by the pull: `environment`, and its run's receipt. */
  pullFinished: { source: 'procurios-sync', detailType: 'Procurios Pull Finished' },
} as const;
