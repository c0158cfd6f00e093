import { Duration } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Config } from '../lambda/config/config.ts';
import { PUSH_CONCURRENCY } from '../lambda/config/deployment.ts';
import { changeQueueName, deadLetterQueueName, EVENTS, OUTPUTS } from '../lambda/config/names.ts';
import { output } from './scheduled-pull.ts';
import { SyncFunction } from './sync-function.ts';

export interface QueuedPushProps {
  readonly config: Config;
  readonly stateTable: ITableV2;
  readonly clientSecret: ISecret;
  readonly encryptionKey: IKey | undefined;
}

/** The queue of changes, the function that sends them, and the one that takes them from events. */
export class QueuedPush extends Construct {
  constructor(scope: Construct, id: string, props: QueuedPushProps) {
    super(scope, id);
    const { environment } = props.config;
    const deadLetters = new Queue(this, 'DeadLetters', {
      queueName: deadLetterQueueName(environment),
      fifo: true,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const timeout = Duration.minutes(2);
    const queue = new Queue(this, 'Queue', {
      queueName: changeQueueName(environment),
      fifo: true,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      visibilityTimeout: Duration.seconds(6 * timeout.toSeconds()),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: 1000 },
    });
    const push = new SyncFunction(this, 'Function', {
      description: 'Sends queued changes to Procurios',
      entry: 'lambda/push.ts',
      config: props.config,
      timeout,
      memorySizeMb: 512,
      encryptionKey: props.encryptionKey,
    });
    push.addEventSource(
      new SqsEventSource(queue, { reportBatchItemFailures: true, maxConcurrency: PUSH_CONCURRENCY }),
    );
    const enqueue = new SyncFunction(this, 'Enqueue', {
      description: 'Puts changes that arrive as events on the queue',
      entry: 'lambda/enqueue.ts',
      config: props.config,
      timeout: Duration.seconds(30),
      memorySizeMb: 256,
      encryptionKey: props.encryptionKey,
    });
    new Rule(this, 'ChangeEvents', {
      eventPattern: { detailType: [EVENTS.change.detailType] },
      targets: [new LambdaFunction(enqueue)],
    });
    output(this, OUTPUTS.pushFunction, push.functionArn);
    output(this, OUTPUTS.enqueueFunction, enqueue.functionArn);
  }
}
