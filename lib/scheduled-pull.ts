import { CfnOutput, Duration, TimeZone } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Config } from '../lambda/config/config.ts';
import { PULL_EXECUTION_HOURS } from '../lambda/config/deployment.ts';
import { OUTPUTS } from '../lambda/config/names.ts';
import { SyncFunction } from './sync-function.ts';

export interface ScheduledPullProps {
  readonly config: Config;
  readonly streamTables: readonly ITableV2[];
  readonly stateTable: ITableV2;
  readonly clientSecret: ISecret;
  readonly encryptionKey: IKey | undefined;
}

/** The durable function that pulls, and its schedule. */
export class ScheduledPull extends Construct {
  readonly function: SyncFunction;
  readonly alias: Alias;

  constructor(scope: Construct, id: string, props: ScheduledPullProps) {
    super(scope, id);
    this.function = new SyncFunction(this, 'Function', {
      description: 'Copies what changed in Procurios into the tables',
      entry: 'lambda/pull.ts',
      config: props.config,
      timeout: Duration.minutes(15),
      memorySizeMb: 512,
      durableConfig: {
        executionTimeout: Duration.hours(PULL_EXECUTION_HOURS),
        retentionPeriod: Duration.days(30),
      },
      encryptionKey: props.encryptionKey,
    });
    this.alias = this.function.addAlias('live');
    this.alias.configureAsyncInvoke({ retryAttempts: 0 });
    const schedule = new Schedule(this, 'Schedule', {
      schedule: ScheduleExpression.expression('cron(0 4 * * ? *)', TimeZone.of('Europe/Amsterdam')),
      target: new LambdaInvoke(this.alias, { retryAttempts: 0 }),
    });
    output(this, OUTPUTS.pullFunction, this.alias.functionArn);
    output(this, OUTPUTS.pullSchedule, schedule.scheduleName);
  }
}

/** An output whose name is just that, whatever construct it is made in. */
export function output(scope: Construct, name: string, value: string): void {
  new CfnOutput(scope, name, { value }).overrideLogicalId(name);
}
