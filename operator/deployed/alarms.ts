import { type CloudWatchClient, type MetricAlarm, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { translate } from '../../lambda/aws/aws-errors.ts';
import { ALARMS, type AlarmKey, alarmName } from '../../lambda/deployment/alarms.ts';

/** An alarm of the stack. */
export interface Alarm {
  readonly name: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** Since when it is in that state, RFC 3339. */
  readonly since: string;
  /** What it means for whoever relies on the tables or the changes, as its description has it. */
  readonly impact: string;
  /** Where the runbook says what to do: `docs/runbook.md#run-failed`; absent: the description does not tell. */
  readonly runbook?: string;
}

/**
 * The environment's alarms, as far as they are deployed. By their whole names: the beginning of them is that of another
 * environment's as well, `acme-` that of `acme-test`.
 *
 * @throws {SyncError} `STORE_UNAVAILABLE`.
 */
export async function readAlarms(client: CloudWatchClient, environment: string): Promise<Alarm[]> {
  const AlarmNames = (Object.keys(ALARMS) as AlarmKey[]).map((key) => alarmName(environment, key));
  const alarms: Alarm[] = [];
  try {
    for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, { AlarmNames })) {
      alarms.push(...MetricAlarms.map(alarmFrom));
    }
    return alarms;
  } catch (error) {
    throw translate(error, 'alarms');
  }
}

function alarmFrom(described: MetricAlarm): Alarm {
  const { AlarmName = '', AlarmDescription = '', StateValue = 'INSUFFICIENT_DATA' } = described;
  const since = described.StateTransitionedTimestamp ?? described.StateUpdatedTimestamp ?? new Date(0);
  const runbook = /\S*runbook\.md#[\w-]+/.exec(AlarmDescription)?.[0];
  return {
    name: AlarmName,
    state: StateValue,
    since: since.toISOString(),
    impact: AlarmDescription.replace(/\s*What to do:.*$/s, ''),
    ...(runbook !== undefined && { runbook }),
  };
}
