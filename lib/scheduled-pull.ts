import { Annotations, Aws, Duration, TimeZone, Validations } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { LONGEST_LOOK_BACK_HOURS } from '../config/schema/schedule.ts';
import { MOST_DAYS_UNJUDGED } from '../lambda/deployment/alarms.ts';
import type { Config } from '../lambda/deployment/config.ts';
import { PULL_EXECUTION_HOURS } from '../lambda/deployment/function-limits.ts';
import { EVENTS, OUTPUTS, stackName } from '../lambda/deployment/names.ts';
import { PARTITION } from '../lambda/deployment/tables.ts';
import { type Alarms, STANDING } from './alarms.ts';
import { encryptedQueue } from './encrypted-queue.ts';
import { countOf } from './metrics.ts';
import { output } from './output.ts';
import { stateRights } from './rights.ts';
import type { Secrets } from './secrets.ts';
import { SyncFunction } from './sync-function.ts';

/** Seconds of pauses within an hour that raise an alarm: a fifth. Single pauses are normal; this many show a share above the agreed rate. */
const TOO_LONG_PAUSED_SECONDS = 0.2 * 60 * 60;

export interface ScheduledPullProps {
  readonly config: Config;
  readonly streamTables: readonly ITableV2[];
  readonly stateTable: ITableV2;
  readonly secrets: Secrets;
  readonly alarms: Alarms;
  readonly encryptionKey: IKey | undefined;
}

/** The durable function that pulls, its schedule and its alarms. */
export class ScheduledPull extends Construct {
  readonly function: SyncFunction;
  /** The alias that starts the function. A durable function can be invoked by a version or an alias only. */
  readonly alias: Alias;
  /** The queue of starts that failed. */
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: ScheduledPullProps) {
    super(scope, id);
    // Twenty hours, so that a failed start and its alarm are gone before the next night's. The schedule's event holds no
    // data of the customer, so it needs no key of the customer.
    this.deadLetters = encryptedQueue(this, 'DeadLetters', {
      retentionPeriod: Duration.hours(20),
      encryptionKey: undefined,
    });
    this.function = this.createFunction(props);
    this.alias = this.function.addAlias('live');
    // On the alias, because settings of the function itself hold for its unpublished version only. The next night is the retry.
    this.alias.configureAsyncInvoke({ retryAttempts: 0 });
    this.grantRights(props);
    this.addSchedule(props.config);
    this.raiseAlarms(props);
    output(this, OUTPUTS.pullFunction, this.alias.functionArn);
  }

  private createFunction({ config, encryptionKey }: ScheduledPullProps): SyncFunction {
    const pull = new SyncFunction(this, 'Function', {
      description: 'Copies what changed in Procurios into the tables',
      entry: 'lambda/pull.ts',
      config,
      // A slice reads for 2 minutes. The rest is for writing what it read last, and for pauses that Procurios asks for.
      timeout: Duration.minutes(15),
      // Measured: 223 MB at 200,000 objects (bench/README.md). More CPU would not help, because the API is the limit.
      memorySizeMb: config.memoryMb.pull,
      // No reserved concurrency, because the lease lets only one pull run, and new accounts have none to reserve.
      durableConfig: {
        executionTimeout: Duration.hours(PULL_EXECUTION_HOURS),
        retentionPeriod: Duration.days(30),
      },
      // Not an onFailure destination, which durable functions do not support.
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

  private grantRights(props: ScheduledPullProps): void {
    const { streamTables, stateTable, secrets } = props;
    const pull = this.function;
    for (const table of streamTables) {
      pull.addToRolePolicy(
        new PolicyStatement({
          actions: ['BatchGetItem', 'BatchWriteItem', 'DeleteItem', 'Scan', 'UpdateItem'].map(
            (action) => `dynamodb:${action}`,
          ),
          resources: [table.tableArn],
        }),
      );
    }
    pull.addToRolePolicy(
      stateRights(
        stateTable,
        ['BatchWriteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
        [
          PARTITION.absence('*'),
          PARTITION.leases,
          PARTITION.runs,
          PARTITION.stream('*'),
          PARTITION.walk('*'),
        ],
      ),
    );
    secrets.grantRead(pull);
    pull.addToRolePolicy(
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
    this.grantExecutions(props.config);
  }

  /** Lets the function save and read the state of its durable executions, and ask about those of its predecessors. */
  private grantExecutions({ environment }: Config): void {
    const { role } = this.function;
    if (role === undefined) return;
    // Pseudo parameters, because the acknowledgement below must name the same text wherever the stack is deployed.
    const formerFunctions = `arn:${Aws.PARTITION}:lambda:${Aws.REGION}:${Aws.ACCOUNT_ID}:function:${pullFunctionNames(environment)}`;
    // A separate policy, because it names the function, and the function waits for the policy of its role.
    const durable = new Policy(this, 'DurablePolicy', {
      roles: [role],
      statements: [
        new PolicyStatement({
          actions: ['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState'],
          resources: [`${this.function.functionArn}:*`],
        }),
        // After a stack was deleted and deployed again, an execution of the former function may still hold the lease.
        new PolicyStatement({ actions: ['lambda:GetDurableExecution'], resources: [formerFunctions] }),
      ],
    });
    Validations.of(durable).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:${pullFunctionNames(environment)}]`,
      reason:
        'The names of former functions end with what CloudFormation made up. Their state is asked for, nothing else.',
    });
    Validations.of(durable).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<PullFunction7147C971.Arn>:*]`,
      reason:
        'Executions of this function only; their ARNs have its version and a name that Lambda makes up, so they are not known before.',
    });
  }

  private addSchedule({ schedule }: Config): void {
    const { scheduleName } = new Schedule(this, 'Schedule', {
      description: 'Starts the pull',
      schedule: ScheduleExpression.expression(`cron(${schedule.cron})`, TimeZone.of(schedule.timeZone)),
      target: new LambdaInvoke(this.alias, {
        // The retries hand the start over again, so that one failed hand-over does not cost the night. A pull that starts twice
        // is skipped.
        retryAttempts: 10,
        maxEventAge: Duration.hours(2),
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
    // Lambda's metric too, for a run that fails before it can write its own.
    alarms.whenHappened('run-failed', [countOf(config, 'runFailed'), lambda('DurableExecutionFailed')]);
    alarms.whenHappened('run-cut-off', [
      lambda('DurableExecutionTimedOut'),
      lambda('DurableExecutionStopped'),
    ]);
    // A single skipped start is normal: Scheduler may deliver a start twice, and an operator may be pulling.
    alarms.whenRepeated('run-skipped', countOf(config, 'runsSkipped', { period: Duration.hours(1) }), {
      times: 2,
      hours: Math.min(2 * config.schedule.expectWithinHours, LONGEST_LOOK_BACK_HOURS),
    });
    alarms.whenRepeated(
      'procurios-throttles',
      countOf(config, 'secondsPaused', { period: Duration.hours(1) }),
      {
        ...{ level: TOO_LONG_PAUSED_SECONDS, times: 1, hours: STANDING.toHours() },
      },
    );
    alarms.whileNotEmpty('pull-dead-letters', this.deadLetters);
    alarms.whenHappened('pull-errors', [pull.metricErrors()]);
    alarms.whenHappened('stream-incomplete', [countOf(config, 'streamsIncomplete')]);
    alarms.whenHappened('objects-rejected', [countOf(config, 'rejects')]);
    const level = { statistic: Stats.MAXIMUM };
    alarms.whileLevel('deletes-held', countOf(config, 'deletesHeld', level), 1);
    alarms.whileLevel('deletes-not-judged', countOf(config, 'daysUnjudged', level), MOST_DAYS_UNJUDGED);
  }
}

/** Characters that CloudFormation keeps of a stack's name in a function's name, where both together are too long. */
const LEAST_KEPT_OF_STACK_NAME = 24;

/**
 * A pattern that matches the names of this environment's pull functions, those of stacks that were deleted too.
 *
 * CloudFormation makes a function's name of the stack's name, the logical id and 12 characters. It cuts the names of stacks that
 * are longer than 30 characters, and how is not documented, so the pattern is wider for them.
 */
function pullFunctionNames(environment: string): string {
  const stack = stackName(environment);
  return stack.length <= 30 ? `${stack}-Pull*` : `${stack.slice(0, LEAST_KEPT_OF_STACK_NAME)}*`;
}
