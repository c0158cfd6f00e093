import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Match, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { DeduplicationScope, FifoThroughputLimit, type Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Config } from '../lambda/deployment/config.ts';
import { PUSH_TIMEOUT_SECONDS } from '../lambda/deployment/function-limits.ts';
import { changeQueueName, deadLetterQueueName, EVENTS, OUTPUTS } from '../lambda/deployment/names.ts';
import {
  LARGEST_DEAD_LETTER_BYTES,
  LARGEST_MESSAGE_BYTES,
  MESSAGE_RETENTION_DAYS,
  MOST_DELIVERIES,
  PUSH_CONCURRENCY,
  VISIBILITY_TIMEOUT_SECONDS,
  WATCH_EVENT,
  WATCH_MINUTES,
} from '../lambda/deployment/queues.ts';
import { BY_OUTCOME, PARTITION, WAITING_OUTCOMES } from '../lambda/deployment/tables.ts';
import type { Alarms } from './alarms.ts';
import { encryptedQueue } from './encrypted-queue.ts';
import { countOf } from './metrics.ts';
import { output } from './output.ts';
import { stateRights } from './rights.ts';
import type { Secrets } from './secrets.ts';
import { SyncFunction } from './sync-function.ts';

export interface QueuedPushProps {
  readonly config: Config;
  readonly stateTable: ITableV2;
  readonly secrets: Secrets;
  readonly alarms: Alarms;
  readonly encryptionKey: IKey | undefined;
}

/** Messages in a batch: the most that a FIFO queue allows. The function hands those back, in order, that it does not reach in time. */
const BATCH_SIZE = 10;
/** Period of the ledger's levels: a look at the ledger falls into each. */
const LEVEL_PERIOD = Duration.minutes(2 * WATCH_MINUTES);
const RETENTION = Duration.days(MESSAGE_RETENTION_DAYS);
/** Age of the oldest message from which changes are late. */
const LATE_SECONDS = 60 * 60;
/** How long an alarm about changes stands after an event, so that later events send a message again. What is held has a level. */
const SHORT = Duration.hours(1);

/** The queue of changes, the function that sends them, the function that queues changes from events, and their alarms. */
export class QueuedPush extends Construct {
  readonly queue: Queue;
  /** The queue of messages that could not be recorded in the ledger, however often they were delivered. */
  readonly deadLetters: Queue;
  readonly function: SyncFunction;
  readonly enqueue: SyncFunction;
  /** The queue of events that could not be put on the queue of changes. */
  readonly eventDeadLetters: Queue;
  /** Counts events that EventBridge could put neither on the function's queue nor on that of dead letters. */
  readonly eventsLost: IMetric;

  constructor(scope: Construct, id: string, props: QueuedPushProps) {
    super(scope, id);
    const { config, encryptionKey } = props;
    const common = {
      fifo: true,
      // Both together raise the limit from 300 calls a second to thousands, because each subject is a group.
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      retentionPeriod: RETENTION,
      encryptionKey,
    };
    this.deadLetters = encryptedQueue(this, 'DeadLetters', {
      ...common,
      queueName: deadLetterQueueName(config.environment),
      maxMessageSizeBytes: LARGEST_DEAD_LETTER_BYTES,
    });
    this.queue = encryptedQueue(this, 'Queue', {
      ...common,
      queueName: changeQueueName(config.environment),
      maxMessageSizeBytes: LARGEST_MESSAGE_BYTES,
      visibilityTimeout: Duration.seconds(VISIBILITY_TIMEOUT_SECONDS),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MOST_DELIVERIES },
    });
    this.eventDeadLetters = encryptedQueue(this, 'EventDeadLetters', {
      maxMessageSizeBytes: LARGEST_DEAD_LETTER_BYTES,
      retentionPeriod: RETENTION,
      encryptionKey,
    });
    this.function = this.createPush(props);
    this.enqueue = this.createEnqueue(props);
    const { ruleName } = this.createRule(props);
    this.createWatch();
    this.eventsLost = new Metric({
      ...{ namespace: 'AWS/Events', metricName: 'InvocationsFailedToBeSentToDlq', statistic: 'Sum' },
      dimensionsMap: { RuleName: ruleName },
    });
    this.raiseAlarms(props);
    output(this, OUTPUTS.pushFunction, this.function.functionArn);
    output(this, OUTPUTS.enqueueFunction, this.enqueue.functionArn);
  }

  private createPush({ config, stateTable, secrets, encryptionKey }: QueuedPushProps): SyncFunction {
    const push = new SyncFunction(this, 'Function', {
      description: 'Sends queued changes to Procurios',
      entry: 'lambda/push.ts',
      config,
      timeout: Duration.seconds(PUSH_TIMEOUT_SECONDS),
      memorySizeMb: config.memoryMb.push,
      encryptionKey,
    });
    push.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: BATCH_SIZE,
        reportBatchItemFailures: true,
        // The functions share the agreed rate equally.
        maxConcurrency: PUSH_CONCURRENCY,
      }),
    );
    push.addToRolePolicy(ledgerRights(stateTable));
    push.addToRolePolicy(stateRights(stateTable, ['Query'], WAITING_OUTCOMES, BY_OUTCOME));
    // A message that the ledger cannot keep.
    push.addToRolePolicy(sendingRights(this.deadLetters));
    secrets.grantRead(push);
    // A user's token is renewed under a lease, because a refresh token may be single-use.
    if (config.auth.grant === 'authorizationCode') {
      push.addToRolePolicy(stateRights(stateTable, ['GetItem', 'UpdateItem'], [PARTITION.leases]));
    }
    return push;
  }

  private createEnqueue({ config, stateTable, encryptionKey }: QueuedPushProps): SyncFunction {
    const enqueue = new SyncFunction(this, 'Enqueue', {
      description: 'Puts changes that arrive as events on the queue',
      entry: 'lambda/enqueue.ts',
      config,
      timeout: Duration.seconds(60),
      memorySizeMb: 256,
      deadLetterQueue: this.eventDeadLetters,
      encryptionKey,
    });
    enqueue.addToRolePolicy(sendingRights(this.queue));
    // An event that is not a change is recorded in the ledger.
    enqueue.addToRolePolicy(ledgerRights(stateTable));
    return enqueue;
  }

  private createRule({ config }: QueuedPushProps): Rule {
    return new Rule(this, 'ChangeEvents', {
      description: 'Changes that programs put on the default bus',
      eventPattern: {
        detailType: [EVENTS.change.detailType],
        // The default bus may serve several environments. An event without one is recorded as rejected, so that it is not lost.
        detail: { environment: Match.anyOf(config.environment, Match.doesNotExist()) },
      },
      targets: [new LambdaFunction(this.enqueue, { deadLetterQueue: this.eventDeadLetters })],
    });
  }

  /** Wakes the push to look at the ledger, also when no change comes. A look that fails is not retried, because the next one is soon. */
  private createWatch(): void {
    new Rule(this, 'Watch', {
      description: 'Has the push write as metrics what waits in the ledger',
      schedule: Schedule.rate(Duration.minutes(WATCH_MINUTES)),
      targets: [
        new LambdaFunction(this.function, {
          event: RuleTargetInput.fromObject(WATCH_EVENT),
          retryAttempts: 0,
        }),
      ],
    });
  }

  private raiseAlarms({ alarms, config }: QueuedPushProps): void {
    const level = { statistic: 'Maximum', period: LEVEL_PERIOD };
    const rejected = [countOf(config, 'changesRejected'), countOf(config, 'messagesRejected')];
    alarms.whenHappened('changes-rejected', rejected, SHORT);
    alarms.whenHappened('changes-unknown', [countOf(config, 'changesUnknown')], SHORT);
    alarms.whileLevel('changes-held', countOf(config, 'changesHeld', level), 1);
    const age = new MathExpression({
      // SQS leaves out messages that were received often, and the ledger has no message before its first delivery.
      expression: 'MAX([queue, ledger])',
      usingMetrics: {
        queue: this.queue.metricApproximateAgeOfOldestMessage(level),
        ledger: countOf(config, 'oldestChangeSeconds', level),
      },
      period: LEVEL_PERIOD,
    });
    alarms.whileLevel('changes-late', age, LATE_SECONDS);
    alarms.whileNotEmpty('change-dead-letters', this.deadLetters);
    alarms.whenHappened('push-errors', [this.function.metricErrors()]);
    alarms.whenHappened('enqueue-errors', [this.enqueue.metricErrors()]);
    alarms.whileNotEmpty('event-dead-letters', this.eventDeadLetters);
  }
}

function sendingRights({ queueArn }: Queue): PolicyStatement {
  return new PolicyStatement({ actions: ['sqs:GetQueueUrl', 'sqs:SendMessage'], resources: [queueArn] });
}

function ledgerRights(stateTable: ITableV2): PolicyStatement {
  return stateRights(stateTable, ['GetItem', 'PutItem'], [PARTITION.change('*')]);
}
