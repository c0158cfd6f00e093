import { Annotations, Duration, TimeZone, Validations } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Config } from '../lambda/deployment/config.ts';
import { PULL_EXECUTION_HOURS } from '../lambda/deployment/function-limits.ts';
import { EVENTS, OUTPUTS } from '../lambda/deployment/names.ts';
import { PARTITION } from '../lambda/deployment/tables.ts';
import type { Alarms } from './alarms.ts';
import { encryptedQueue } from './encrypted-queue.ts';
import { countOf } from './metrics.ts';
import { output } from './output.ts';
import { stateRights } from './rights.ts';
import type { Secrets } from './secrets.ts';
import { SyncFunction } from './sync-function.ts';

export interface ScheduledPullProps {
  readonly config: Config;
  readonly streamTables: readonly ITableV2[];
  readonly stateTable: ITableV2;
  readonly secrets: Secrets;
  readonly alarms: Alarms;
  readonly encryptionKey: IKey | undefined;
}

/** The durable function that pulls, and its schedule. */
export class ScheduledPull extends Construct {
  readonly function: SyncFunction;
  /** How it is started: a durable function can be invoked by a version or an alias only. */
  readonly alias: Alias;
  /** Starts that came to nothing. */
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: ScheduledPullProps) {
    super(scope, id);
    // An event of the schedule's says nothing but that a night had its turn: it is gone, and its alarm with it, before the
    // next one is, and needs no key of the customer's.
    this.deadLetters = encryptedQueue(this, 'DeadLetters', {
      retentionPeriod: Duration.hours(20),
      encryptionKey: undefined,
    });
    this.function = this.createFunction(props);
    this.alias = this.function.addAlias('live');
    // On the alias: those of the function are its unpublished version's. Tomorrow's run is the retry.
    this.alias.configureAsyncInvoke({ retryAttempts: 0 });
    this.grant(props);
    this.schedule(props.config);
    this.raiseAlarms(props);
    output(this, OUTPUTS.pullFunction, this.alias.functionArn);
  }

  private createFunction({ config, encryptionKey }: ScheduledPullProps): SyncFunction {
    const pull = new SyncFunction(this, 'Function', {
      description: 'Copies what changed in Procurios into the tables',
      entry: 'lambda/pull.ts',
      config,
      // A slice is 2 minutes long; the rest is for what it read last, and for pauses that Procurios asks for.
      timeout: Duration.minutes(15),
      // Measured: 223 MB at 200,000 objects (bench/README.md). The CPU that comes with it is hardly used: the API is the limit.
      memorySizeMb: 512,
      // No reserved concurrency: the lease sees to it that only one pull is at work, and new accounts have none to spare.
      durableConfig: {
        executionTimeout: Duration.hours(PULL_EXECUTION_HOURS),
        retentionPeriod: Duration.days(30),
      },
      // Not an onFailure destination: durable functions have none.
      // https://docs.aws.amazon.com/lambda/latest/dg/durable-invoking.html
      deadLetterQueue: this.deadLetters,
      encryptionKey,
    });
    Annotations.of(pull).acknowledgeInfo(
      'aws-lambda:Function.DurableConfig',
      'Durable from its first deployment on: nothing is replaced.',
    );
    return pull;
  }

  private grant({ streamTables, stateTable, secrets }: ScheduledPullProps): void {
    const { role } = this.function;
    if (role === undefined) return;
    for (const table of streamTables) {
      role.addToPrincipalPolicy(
        new PolicyStatement({
          actions: ['dynamodb:BatchGetItem', 'dynamodb:BatchWriteItem'],
          resources: [table.tableArn],
        }),
      );
    }
    role.addToPrincipalPolicy(
      stateRights(
        stateTable,
        ['BatchWriteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
        [PARTITION.leases, PARTITION.runs, PARTITION.stream('*'), PARTITION.walk('*')],
      ),
    );
    secrets.grantRead(role);
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['events:PutEvents'],
        resources: [EventBus.fromEventBusName(this, 'DefaultBus', 'default').eventBusArn],
        conditions: {
          StringEquals: {
            'events:source': EVENTS.pullFinished.source,
            'events:detail-type': EVENTS.pullFinished.detailType,
          },
        },
      }),
    );
    // Apart from the role's own policy, which the function waits for: this one needs the function's name.
    const durable = new Policy(this, 'DurablePolicy', {
      roles: [role],
      statements: [
        new PolicyStatement({
          actions: [
            'lambda:CheckpointDurableExecution',
            'lambda:GetDurableExecution',
            'lambda:GetDurableExecutionState',
          ],
          resources: [`${this.function.functionArn}:*`],
        }),
      ],
    });
    Validations.of(durable).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<PullFunction7147C971.Arn>:*]`,
      reason:
        'Executions of this function only; their ARNs have its version and a name that Lambda makes up, so they are not known before.',
    });
  }

  private schedule({ schedule }: Config): void {
    const { scheduleName } = new Schedule(this, 'Schedule', {
      description: 'Starts the pull',
      schedule: ScheduleExpression.expression(`cron(${schedule.cron})`, TimeZone.of(schedule.timeZone)),
      target: new LambdaInvoke(this.alias, {
        // The invocation is asynchronous: what can fail here is the handing over, and the next start is not far.
        retryAttempts: 0,
        deadLetterQueue: this.deadLetters,
      }),
    });
    output(this, OUTPUTS.pullSchedule, scheduleName);
  }

  private raiseAlarms({ alarms, config }: ScheduledPullProps): void {
    const pull = this.function;
    const lambda = (name: string) => pull.metric(name, { statistic: 'Sum' });
    alarms.whenSilent(
      'no-complete-run',
      countOf(config, 'runComplete', { period: Duration.hours(1) }),
      config.schedule.expectWithinHours,
    );
    // Lambda's word beside ours: a run that fails before it can say so.
    alarms.whenHappened('run-failed', [countOf(config, 'runFailed'), lambda('DurableExecutionFailed')]);
    alarms.whenHappened('run-cut-off', [
      lambda('DurableExecutionTimedOut'),
      lambda('DurableExecutionStopped'),
    ]);
    alarms.whileNotEmpty('pull-dead-letters', this.deadLetters);
    alarms.whenHappened('pull-errors', [pull.metricErrors()]);
    alarms.whenHappened('stream-incomplete', [countOf(config, 'streamsIncomplete')]);
    alarms.whenHappened('objects-rejected', [countOf(config, 'rejects')]);
  }
}
