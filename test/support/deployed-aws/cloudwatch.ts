import type { Handler } from '../http-server.ts';
import { answerAsJson, type Refusals, Refused, refuseIfTold } from './refusals.ts';

export interface AlarmState {
  readonly name: string;
  readonly description: string;
  state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** RFC 3339. */
  readonly since: string;
}

export interface WatchedState {
  readonly alarms: AlarmState[];
  /** The age of each queue's oldest message, minute by minute, in seconds. */
  readonly queueAges: Map<string, { readonly at: number; readonly seconds: number }[]>;
}

/** So few that a list is cut into pages. */
const ALARMS_PER_PAGE = 1;

/**
 * Stands in for CloudWatch: the protocol AWS JSON 1.0.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
 */
export function cloudWatch(state: WatchedState, refusals: Refusals): Handler {
  return ({ headers, body }, response) => {
    answerAsJson(response, '1.0', () => {
      const action = String(headers['x-amz-target']).replace('GraniteServiceVersion20100801.', '');
      refuseIfTold(refusals, `cloudwatch:${action}`);
      const parameters = JSON.parse(body) as Record<string, unknown>;
      if (action === 'DescribeAlarms') return describeAlarms(state, parameters);
      if (action === 'SetAlarmState') return setAlarmState(state, parameters);
      if (action === 'GetMetricStatistics') return metricStatistics(state, parameters);
      throw new Refused('InvalidAction', `the stand-in for CloudWatch does not know ${action}`);
    });
  };
}

function describeAlarms(
  { alarms }: WatchedState,
  { AlarmNames, NextToken }: Record<string, unknown>,
): object {
  if (!Array.isArray(AlarmNames) || AlarmNames.length > 100) {
    throw new Refused('ValidationError', 'the stand-in takes 1 to 100 names of alarms');
  }
  const found = alarms.filter(({ name }) => AlarmNames.includes(name));
  const start = Number(NextToken ?? 0);
  const end = start + ALARMS_PER_PAGE;
  return {
    CompositeAlarms: [],
    MetricAlarms: found.slice(start, end).map(({ name, description, state, since }) => ({
      AlarmName: name,
      AlarmDescription: description,
      StateValue: state,
      StateUpdatedTimestamp: Date.now() / 1000,
      StateTransitionedTimestamp: Date.parse(since) / 1000,
    })),
    ...(end < found.length && { NextToken: String(end) }),
  };
}

function setAlarmState({ alarms }: WatchedState, { AlarmName, StateValue }: Record<string, unknown>): object {
  const alarm = alarms.find(({ name }) => name === AlarmName);
  if (alarm === undefined) throw new Refused('ResourceNotFound', 'the alarm does not exist', 404);
  alarm.state = StateValue as AlarmState['state'];
  return {};
}

function metricStatistics({ queueAges }: WatchedState, parameters: Record<string, unknown>): object {
  const { Namespace, MetricName, Dimensions, StartTime, EndTime } = parameters as {
    Namespace: string;
    MetricName: string;
    Dimensions: { Name: string; Value: string }[];
    StartTime: number;
    EndTime: number;
  };
  const [dimension] = Dimensions;
  if (
    Namespace !== 'AWS/SQS' ||
    MetricName !== 'ApproximateAgeOfOldestMessage' ||
    dimension?.Name !== 'QueueName'
  ) {
    throw new Refused('InvalidParameterValue', `the stand-in knows no metric ${MetricName} of ${Namespace}`);
  }
  const points = queueAges.get(dimension.Value) ?? [];
  return {
    Label: MetricName,
    Datapoints: points
      .filter(({ at }) => at >= StartTime * 1000 && at < EndTime * 1000)
      .map(({ at, seconds }) => ({ Timestamp: at / 1000, Maximum: seconds, Unit: 'Seconds' })),
  };
}
