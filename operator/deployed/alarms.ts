import { type CloudWatchClient, type MetricAlarm, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { translate } from '../../lambda/aws/aws-errors.ts';
import { ALARMS, type AlarmKey, alarmName, runbookIn } from '../../lambda/deployment/alarms.ts';

/** An alarm of the stack. */
export interface Alarm {
  readonly name: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** When it entered that state, RFC 3339. */
  readonly since: string;
  /** What it means for those who use the tables or send changes, from its description. */
  readonly impact: string;
  /** The address or path of its heading in the runbook: `docs/runbook.md#run-failed`; undefined if the description names none. */
  readonly runbook?: string;
}

/**
 * Reads the environment's alarms, as far as they are deployed.
 *
 * It asks for whole names, because a prefix such as `acme-` also fits the alarms of the environment `acme-test`.
 *
 * @throws {SyncError} `STORE_UNAVAILABLE`.
 */
export async function readAlarms(client: CloudWatchClient, environment: string): Promise<Alarm[]> {
  const AlarmNames = (Object.keys(ALARMS) as AlarmKey[]).map((key) => alarmName(environment, key));
  const alarms: Alarm[] = [];
  try {
    for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, { AlarmNames })) {
      for (const alarm of MetricAlarms) alarms.push(alarmFrom(alarm));
    }
    return alarms;
  } catch (error) {
    throw translate(error, 'alarms');
  }
}

function alarmFrom(described: MetricAlarm): Alarm {
  const { AlarmName = '', AlarmDescription = '', StateValue = 'INSUFFICIENT_DATA' } = described;
  const since = described.StateTransitionedTimestamp ?? described.StateUpdatedTimestamp ?? new Date(0);
  const runbook = runbookIn(AlarmDescription);
  return {
    name: AlarmName,
    state: StateValue,
    since: since.toISOString(),
    impact: AlarmDescription.replace(/\s*What to do:.*$/s, ''),
    ...(runbook !== undefined && { runbook }),
  };
}
