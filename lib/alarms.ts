import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type AlarmKey, alarmDescription, alarmName } from '../lambda/deployment/alarms.ts';
import type { Config } from '../lambda/deployment/config.ts';
import { OUTPUTS } from '../lambda/deployment/names.ts';
import { output } from './output.ts';

export interface AlarmsProps {
  readonly config: Config;
  /** @default - The topic is not encrypted at rest; it carries the alarms' texts only. */
  readonly encryptionKey: IKey | undefined;
}

/** Period over which an alarm adds up its metric. */
const PERIOD = Duration.minutes(5);
/** How long an alarm stays on after an event. Less than a day, so that a failure in the next night sends a message again. */
export const STANDING = Duration.hours(12);

/** The alarms, and the topic that they are sent to. */
export class Alarms extends Construct {
  /** The alarms that were added so far. */
  readonly all: Alarm[] = [];
  private readonly config: Config;
  private readonly topic: Topic;

  constructor(scope: Construct, id: string, { config, encryptionKey }: AlarmsProps) {
    super(scope, id);
    this.config = config;
    // Unencrypted without a key of the customer, because CloudWatch may not use the key that AWS has for topics.
    this.topic = new Topic(this, 'Topic', {
      displayName: `procurios-sync ${config.environment}`,
      enforceSSL: true,
      masterKey: encryptionKey,
    });
    this.topic.addToResourcePolicy(this.publishRight());
    if (config.alarmEmail !== undefined) this.topic.addSubscription(new EmailSubscription(config.alarmEmail));
    output(this, OUTPUTS.alarmTopic, this.topic.topicArn);
  }

  /**
   * Adds an alarm that is raised if something happens within five minutes.
   *
   * @param standing - How long the alarm stays on. By default half a day.
   */
  whenHappened(alarm: AlarmKey, metrics: readonly IMetric[], standing: Duration = STANDING): void {
    const periods = standing.toSeconds() / PERIOD.toSeconds();
    this.addAlarm(alarm, {
      metric: sumOf(metrics),
      threshold: 1,
      evaluationPeriods: periods,
      datapointsToAlarm: 1,
    });
  }

  /**
   * Adds an alarm that is raised if a metric reaches a level in `times` different hours out of the last `hours`.
   *
   * @param metric - Its period is an hour.
   * @param hours - At most 168.
   */
  whenRepeated(
    alarm: AlarmKey,
    metric: IMetric,
    { level = 1, times, hours }: { readonly level?: number; readonly times: number; readonly hours: number },
  ): void {
    this.addAlarm(alarm, {
      metric,
      threshold: level,
      evaluationPeriods: hours,
      datapointsToAlarm: times,
    });
  }

  /** Adds an alarm that stands while a metric is at a level or above it. */
  whileAtLeast(alarm: AlarmKey, metric: IMetric, level: number, missing?: TreatMissingData): void {
    this.addAlarm(alarm, {
      metric,
      threshold: level,
      evaluationPeriods: 1,
      ...(missing && { treatMissingData: missing }),
    });
  }

  /** Adds an alarm that stands while a level of the state table is that high. It keeps its state until the level is read again. */
  whileLevel(alarm: AlarmKey, metric: IMetric, level: number): void {
    this.whileAtLeast(alarm, metric, level, TreatMissingData.IGNORE);
  }

  /** Adds an alarm that stands while there is a message in a queue that should be empty. */
  whileNotEmpty(alarm: AlarmKey, queue: IQueue): void {
    this.whileAtLeast(
      alarm,
      queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: 'Maximum' }),
      1,
    );
  }

  /**
   * Adds an alarm that is raised if something did not happen for some hours, or never did.
   *
   * @param hours - At most 168.
   */
  whenSilent(alarm: AlarmKey, metric: IMetric, hours: number): void {
    this.addAlarm(alarm, {
      // Missing hours are filled with 0, because CloudWatch would look further back instead, and the alarm would fire hours late.
      metric: new MathExpression({
        expression: 'FILL(happened, 0)',
        usingMetrics: { happened: metric },
        period: Duration.hours(1),
      }),
      threshold: 1,
      // An alarm that looks back more than a day needs periods of at least an hour.
      evaluationPeriods: hours,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      // A metric that never had a value is not filled.
      treatMissingData: TreatMissingData.BREACHING,
    });
  }

  /**
   * Allows this environment's alarms to publish to the topic.
   *
   * A topic's default policy lets the whole account publish. The statement of `enforceSSL` replaces that policy, so without this
   * statement no alarm would be sent.
   *
   * @see https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
   */
  private publishRight(): PolicyStatement {
    const { account } = Stack.of(this);
    const alarms = { service: 'cloudwatch', resource: 'alarm', arnFormat: ArnFormat.COLON_RESOURCE_NAME };
    const resourceName = alarmName(this.config.environment, '*');
    return new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [this.topic.topicArn],
      conditions: {
        StringEquals: { 'aws:SourceAccount': account },
        ArnLike: { 'aws:SourceArn': Stack.of(this).formatArn({ ...alarms, resourceName }) },
      },
    });
  }

  private addAlarm(key: AlarmKey, props: AlarmProps): void {
    const alarm = new Alarm(this, key, {
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...props,
      alarmName: alarmName(this.config.environment, key),
      alarmDescription: alarmDescription(key, {
        environment: this.config.environment,
        grant: this.config.auth.grant,
        runbookUrl: this.config.runbookUrl,
      }),
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    this.all.push(alarm);
  }
}

/** Adds up metrics with `SUM`, because `+` has no value in periods in which one of the metrics has none. */
function sumOf(metrics: readonly IMetric[]): IMetric {
  const [first, ...others] = metrics;
  if (first !== undefined && others.length === 0) return first;
  const named = Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]));
  return new MathExpression({
    expression: `SUM([${Object.keys(named).join(', ')}])`,
    usingMetrics: named,
    period: PERIOD,
  });
}
