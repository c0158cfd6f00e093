import { type CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { translate } from '../../lambda/aws/translate.ts';

/** An alarm of the stack. */
export interface Alarm {
  readonly name: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** Since when it is in that state, RFC 3339. */
  readonly since: string;
  /** What it means and what to do, as `lib/` wrote it. */
  readonly description: string;
  /** Where the runbook says more, as the description names it; absent: it names nothing. */
  readonly runbook?: string;
}

/** Names that one call of DescribeAlarms takes. */
const NAMES_PER_CALL = 100;

/** @throws {SyncError} `STORE_UNAVAILABLE`. */
export async function readAlarms(client: CloudWatchClient, names: readonly string[]): Promise<Alarm[]> {
  const alarms: Alarm[] = [];
  try {
    for (let start = 0; start < names.length; start += NAMES_PER_CALL) {
      const AlarmNames = names.slice(start, start + NAMES_PER_CALL);
      for await (const page of paginateDescribeAlarms(
        { client },
        { AlarmNames, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] },
      )) {
        alarms.push(...[...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])].map(alarmFrom));
      }
    }
    return alarms;
  } catch (error) {
    throw translate(error, 'alarms');
  }
}

interface DescribedAlarm {
  readonly AlarmName?: string | undefined;
  readonly AlarmDescription?: string | undefined;
  readonly StateValue?: Alarm['state'] | undefined;
  readonly StateTransitionedTimestamp?: Date | undefined;
  readonly StateUpdatedTimestamp?: Date | undefined;
}

function alarmFrom(described: DescribedAlarm): Alarm {
  const { AlarmName = '', AlarmDescription = '', StateValue = 'INSUFFICIENT_DATA' } = described;
  const since = described.StateTransitionedTimestamp ?? described.StateUpdatedTimestamp ?? new Date(0);
  const runbook = /\S*runbook\.md#[\w-]+/.exec(AlarmDescription)?.[0];
  return {
    name: AlarmName,
    state: StateValue,
    since: since.toISOString(),
    description: AlarmDescription,
    ...(runbook !== undefined && { runbook }),
  };
}
