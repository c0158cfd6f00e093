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
  /** @default - The topic is not encrypted at rest: what is sent over it is the alarms' own text. */
  readonly encryptionKey: IKey | undefined;
}

/** How often an alarm looks, where nothing else is said. */
const PERIOD = Duration.minutes(5);
/** How long an alarm stands after what raised it. Less than a day: a failure in the next night is a message of its own. */
const STANDING = Duration.hours(12);

/** The topic that alarms are sent to, and ways to raise them. */
export class Alarms extends Construct {
  /** All that were made so far. */
  readonly all: Alarm[] = [];
  private readonly config: Config;
  private readonly topic: Topic;

  constructor(scope: Construct, id: string, { config, encryptionKey }: AlarmsProps) {
    super(scope, id);
    this.config = config;
    // Without a key of the customer's there is none: CloudWatch may not use the one that AWS has for topics.
    this.topic = new Topic(this, 'Topic', {
      displayName: `procurios-sync ${config.environment}`,
      enforceSSL: true,
      masterKey: encryptionKey,
    });
    this.topic.addToResourcePolicy(this.publishing());
    if (config.alarmEmail !== undefined) this.topic.addSubscription(new EmailSubscription(config.alarmEmail));
    output(this, OUTPUTS.alarmTopic, this.topic.topicArn);
  }

  /** Raised by something that happened once, or `times`, within five minutes; stands for half a day. */
  whenHappened(alarm: AlarmKey, metrics: readonly IMetric[], times = 1): void {
    const periods = STANDING.toSeconds() / PERIOD.toSeconds();
    this.add(alarm, {
      metric: sumOf(metrics),
      threshold: times,
      evaluationPeriods: periods,
      datapointsToAlarm: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  /** Raised by a level that is reached, gone when it is no more. */
  whileAtLeast(alarm: AlarmKey, metric: IMetric, level: number): void {
    this.add(alarm, {
      metric,
      threshold: level,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  /** Raised while there is a message in a queue that should have none. */
  whileNotEmpty(alarm: AlarmKey, queue: IQueue): void {
    this.whileAtLeast(
      alarm,
      queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: 'Maximum' }),
      1,
    );
  }

  /**
   * Raised when something did not happen for so long, also when it never did.
   *
   * @param hours - At most 168.
   */
  whenSilent(alarm: AlarmKey, metric: IMetric, hours: number): void {
    this.add(alarm, {
      // Missing hours are filled here already: CloudWatch would look further back for them, and be late by hours.
      metric: new MathExpression({
        expression: 'FILL(happened, 0)',
        usingMetrics: { happened: metric },
        period: Duration.hours(1),
      }),
      threshold: 1,
      // Periods of an hour are the shortest of which an alarm can look at more than a day.
      evaluationPeriods: hours,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      // What never had a value cannot be filled.
      treatMissingData: TreatMissingData.BREACHING,
    });
  }

  /**
   * Our alarms' right to use the topic.
   *
   * A topic begins with a policy that lets its whole account publish, but loses it to the first statement of its own, which
   * `enforceSSL` is: without this one no alarm is ever heard.
   *
   * @see https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
   */
  private publishing(): PolicyStatement {
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

  private add(key: AlarmKey, props: AlarmProps): void {
    const alarm = new Alarm(this, key, {
      ...props,
      alarmName: alarmName(this.config.environment, key),
      alarmDescription: alarmDescription(key, {
        environment: this.config.environment,
        grant: this.config.auth.grant,
      }),
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    this.all.push(alarm);
  }
}

/** Periods in which only some have a value count as well, which they would not with `+`. */
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
