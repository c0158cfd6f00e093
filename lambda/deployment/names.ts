// Names in AWS follow from the config, so they need no look-up.
//
// Two environments in one AWS account and region can have a table in common: the stream `b-c` of `a`, and the stream `c` of
// `a-b`. The check of one config cannot see the other. It can only refuse a stream whose table would be another environment's
// state table.

/** The table with receipts, walks, leases and the ledger. */
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

/** The FIFO queue with messages that could not be recorded in the ledger, however often they were delivered. */
export function deadLetterQueueName(environment: string): string {
  return `procurios-sync-${environment}-changes-dead.fifo`;
}

/** The CloudFormation stack. */
export function stackName(environment: string): string {
  return `procurios-sync-${environment}`;
}

/** The secret with the token of a user who logged in, for the authorization code grant. */
export function userSecretName(environment: string): string {
  return `procurios-sync/${environment}/user`;
}

/** The dashboard in CloudWatch. */
export function dashboardName(environment: string): string {
  return stackName(environment);
}

/** The stack's outputs, by which commands find what CloudFormation named. */
export const OUTPUTS = {
  /** ARN of the alias that starts the pull. */
  pullFunction: 'PullFunction',
  pushFunction: 'PushFunction',
  enqueueFunction: 'EnqueueFunction',
  /** Name of the pull's schedule in EventBridge Scheduler. */
  pullSchedule: 'PullSchedule',
  /** ARN of the topic that receives the alarms. */
  alarmTopic: 'AlarmTopic',
  /** Address of the dashboard in the AWS console. */
  dashboard: 'Dashboard',
} as const;

/** Events on the account's default bus. */
export const EVENTS = {
  /** A change to queue, put by a program. */
  change: { detailType: 'Procurios Change' },
  /** The end of a run, put by the pull: its `environment` and the run's receipt. */
  pullFinished: { source: 'procurios-sync', detailType: 'Procurios Pull Finished' },
} as const;
