import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  Metric,
  type MetricOptions,
  SingleValueWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Config } from '../../lambda/deployment/config.ts';
import { OVERVIEW_COUNTS } from '../../lambda/deployment/metrics.ts';
import { stateTableName, streamTableName } from '../../lambda/deployment/names.ts';
import type { Alarms } from '../alarms.ts';
import { countOf, streamCountOf } from '../metrics.ts';
import type { QueuedPush } from '../queued-push.ts';
import type { ScheduledPull } from '../scheduled-pull.ts';
import { FULL_WIDTH, GREEN, graph, HALF_WIDTH, ORANGE, RED, seconds, text } from './widgets.ts';

export interface DashboardProps {
  readonly config: Config;
  readonly pull: ScheduledPull;
  readonly push: QueuedPush;
  readonly alarms: Alarms;
}

const NIGHT = Duration.days(1);
const HOUR = Duration.hours(1);
/** Streams in a graph. CloudWatch draws 500 metrics, but people tell far fewer apart. */
const MOST_STREAMS_DRAWN = 50;

/** What is wrong: the alarms, and the last runs. */
export function stateSection({ config, alarms, pull }: DashboardProps): IWidget[][] {
  const { cron, timeZone, expectWithinHours } = config.schedule;
  return [
    [
      text(
        `# procurios-sync ${config.environment}`,
        `Pulls start at \`${cron}\` (${timeZone}); without a complete one within ${expectWithinHours} hours an alarm is raised. ` +
          `\`npx procurios-sync status\` says the same in a terminal, \`npx procurios-sync doctor\` looks for the cause.`,
      ),
    ],
    [
      new AlarmStatusWidget({
        title: 'Alarms: red is for you to act on, docs/runbook.md says how',
        alarms: alarms.all,
        width: FULL_WIDTH,
        height: 6,
      }),
    ],
    [
      new LogQueryWidget({
        title: 'Last runs',
        logGroupNames: [pull.function.logGroup.logGroupName],
        queryLines: [
          `fields @timestamp, message, stream, status, ${OVERVIEW_COUNTS.join(', ')}, gone, held, returned, code, error`,
          "filter message in ['stream ends', 'run ends']",
          'sort @timestamp desc',
          'limit 50',
        ],
        view: LogQueryVisualizationType.TABLE,
        width: FULL_WIDTH,
        height: 8,
      }),
    ],
  ];
}

/** What the pulls did, by stream and night. */
export function pullsSection({ config }: DashboardProps): IWidget[][] {
  const streams = config.streams.slice(0, MOST_STREAMS_DRAWN);
  const perStream = (name: Parameters<typeof streamCountOf>[2], options: MetricOptions = {}) =>
    streams.map((stream) =>
      streamCountOf(config, stream.name, name, { period: NIGHT, label: stream.name, ...options }),
    );
  return [
    [
      text(
        '## Pulls',
        'A night reads every object (*fetched*) and writes those that changed (*written*). A stream that suddenly fetches ' +
          'less was narrowed in Procurios, or not read to its end; one that writes everything has a field that changes by ' +
          'itself: see `ignoreChangesIn`.',
      ),
    ],
    [
      graph('Runs per day', [
        countOf(config, 'runComplete', { period: NIGHT, label: 'complete', color: GREEN }),
        countOf(config, 'runFailed', { period: NIGHT, label: 'failed', color: RED }),
        countOf(config, 'streamsIncomplete', { period: NIGHT, label: 'streams incomplete', color: ORANGE }),
      ]),
      graph('Objects fetched, by stream and night', perStream('fetched')),
    ],
    [
      graph('Objects written, by stream and night', perStream('written')),
      graph(
        'Objects rejected, by stream and night: `npx procurios-sync show STREAM --rejects`',
        perStream('rejected'),
      ),
    ],
    [
      graph(
        'Deletes held, by stream: `npx procurios-sync deletes list`',
        perStream('held', { statistic: 'Maximum' }),
      ),
      graph(
        'Objects gone, and returned (right), by stream and night',
        perStream('gone'),
        perStream('returned'),
      ),
    ],
  ];
}

/** What the pushes did, and what is in the queue. */
export function changesSection({ config, push }: DashboardProps): IWidget[][] {
  const hourly = { period: HOUR };
  return [
    [
      text(
        '## Changes',
        'Accepted ones are done. Rejected, unknown and held ones wait for an operator: `npx procurios-sync changes list`. The age of ' +
          'the oldest message grows while Procurios throttles or refuses our access.',
      ),
    ],
    [
      graph('Changes by outcome', [
        countOf(config, 'changesAccepted', { ...hourly, label: 'accepted', color: GREEN }),
        countOf(config, 'changesRejected', { ...hourly, label: 'rejected', color: RED }),
        countOf(config, 'changesUnknown', { ...hourly, label: 'unknown', color: ORANGE }),
        countOf(config, 'changesHeld', { ...hourly, statistic: 'Maximum', label: 'held' }),
        countOf(config, 'changesWaiting', { ...hourly, label: 'back to the queue' }),
        countOf(config, 'messagesRejected', { ...hourly, label: 'not a change' }),
      ]),
      graph(
        'Queue: messages, and the age of the oldest in seconds (right)',
        [
          push.queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', label: 'to be sent' }),
          push.queue.metricApproximateNumberOfMessagesNotVisible({
            statistic: 'Maximum',
            label: 'being sent, or waiting',
          }),
          push.deadLetters.metricApproximateNumberOfMessagesVisible({
            statistic: 'Maximum',
            label: 'last resort',
            color: RED,
          }),
        ],
        [
          push.queue.metricApproximateAgeOfOldestMessage({
            statistic: 'Maximum',
            label: 'age of the oldest',
          }),
        ],
      ),
    ],
  ];
}

/** What should be flat: crashes, throttling, refusals and pauses. */
export function errorsSection({ config, pull, push }: DashboardProps): IWidget[][] {
  const functions: [string, IFunction][] = [
    ['pull', pull.function],
    ['push', push.function],
    ['enqueue', push.enqueue],
  ];
  return [
    [
      text(
        '## Errors',
        'All of these should be flat. Logs: CloudWatch Logs Insights over the log groups of the stack; every line is JSON with `level` ' +
          'and `message`, none has the values of an object.',
      ),
    ],
    [
      graph('Functions that crashed or were throttled', [
        ...functions.map(([name, each]) => each.metricErrors({ period: HOUR, label: `${name} errors` })),
        ...functions.map(([name, each]) =>
          each.metricThrottles({ period: HOUR, label: `${name} throttled` }),
        ),
      ]),
      graph('Procurios refuses, or asks for pauses', [
        countOf(config, 'accessRefused', { period: HOUR, label: 'access refused', color: RED }),
        countOf(config, 'throttled', { period: HOUR, label: 'pauses', color: ORANGE }),
        countOf(config, 'secondsPaused', { period: HOUR, label: 'seconds of pauses' }),
      ]),
    ],
  ];
}

/** What costs money: units of DynamoDB, requests and seconds of Lambda. */
export function costSection({ config, pull, push }: DashboardProps): IWidget[][] {
  const tables = [
    stateTableName(config.environment),
    ...config.streams
      .slice(0, MOST_STREAMS_DRAWN)
      .map(({ name }) => streamTableName(config.environment, name)),
  ];
  const consumed = (metricName: string) =>
    tables.map(
      (TableName) =>
        new Metric({
          namespace: 'AWS/DynamoDB',
          metricName,
          dimensionsMap: { TableName },
          statistic: 'Sum',
          period: NIGHT,
          label: TableName,
        }),
    );
  const requests = config.streams
    .slice(0, MOST_STREAMS_DRAWN)
    .map(({ name }) => streamCountOf(config, name, 'requests', { period: NIGHT, label: name }));
  return [
    [
      text(
        '## What costs money',
        'DynamoDB’s write units are most of it: one for each KB of an object that is new or changed, none for one that is ' +
          'unchanged. The arithmetic is in docs/deploy.md.',
      ),
    ],
    [
      graph('Write units per day', consumed('ConsumedWriteCapacityUnits')),
      graph('Read units per day', consumed('ConsumedReadCapacityUnits')),
    ],
    [
      graph('Requests to Procurios, by stream and night', requests),
      new SingleValueWidget({
        title: 'Lambda, seconds in the time shown (512 MB)',
        width: HALF_WIDTH,
        height: 6,
        setPeriodToTimeRange: true,
        metrics: [seconds('pull', pull.function), seconds('push', push.function)],
      }),
    ],
  ];
}
