import { Annotations, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { regionOf } from '../config/check-deployable.ts';
import type { Config } from '../lambda/deployment/config.ts';
import { stateTableName } from '../lambda/deployment/names.ts';
import { STATE_TABLE } from '../lambda/deployment/tables.ts';
import { Alarms } from './alarms.ts';
import { Dashboard } from './dashboard/dashboard.ts';
import { keptTable } from './kept-table.ts';
import { countOf } from './metrics.ts';
import { QueuedPush } from './queued-push.ts';
import { ScheduledPull } from './scheduled-pull.ts';
import { Secrets } from './secrets.ts';
import { StreamTables } from './stream-tables.ts';

export interface SyncStackProps extends StackProps {
  readonly config: Config;
}

/** Everything that a config needs in AWS. The stack owns the state table, and constructs own the rest. */
export class SyncStack extends Stack {
  constructor(scope: Construct, id: string, { config, env, ...props }: SyncStackProps) {
    super(scope, id, {
      description: 'procurios-sync: copies objects of Procurios, and sends changes back',
      terminationProtection: config.terminationProtection,
      ...props,
      // A key of the customer fixes the region, because it encrypts in its own region only.
      env: { ...env, region: env?.region ?? (config.kmsKeyArn && regionOf(config.kmsKeyArn)) },
    });
    const encryptionKey = config.kmsKeyArn
      ? Key.fromKeyArn(this, 'EncryptionKey', config.kmsKeyArn)
      : undefined;
    const stateTable = keptTable(this, 'StateTable', {
      tableName: stateTableName(config.environment),
      keys: STATE_TABLE,
      encryptionKey,
    });
    const { tables: streamTables } = new StreamTables(this, 'Streams', { config, encryptionKey });
    const secrets = new Secrets(this, 'Secrets', { config, encryptionKey });
    const alarms = new Alarms(this, 'Alarms', { config, encryptionKey });
    const shared = { config, stateTable, secrets, alarms, encryptionKey };
    const pull = new ScheduledPull(this, 'Pull', { ...shared, streamTables });
    const push = new QueuedPush(this, 'Push', shared);
    raiseSharedAlarms(alarms, config, [pull.function, push.function, push.enqueue]);
    const lost = [pull.function, push.enqueue].map((each) =>
      each.metric('DeadLetterErrors', { statistic: 'Sum' }),
    );
    alarms.whenHappened('dead-letters-lost', [...lost, push.eventsLost]);
    new Dashboard(this, 'Dashboard', { config, pull, push, alarms });
    for (const [key, value] of Object.entries(config.tags)) Tags.of(this).add(key, value);
  }
}

/** Warns at synthesis that no alarm reaches the operator, because an alarm without a reader is none. */
export function warnOfSilence(stack: Stack, { alarmEmail }: Config): void {
  if (alarmEmail !== undefined) return;
  Annotations.of(stack).addWarningV2(
    'procurios-sync:noAlarmEmail',
    'No alarm reaches you: set alarmEmail in the config, or subscribe to the topic in the output AlarmTopic.',
  );
}

/** Adds the alarms that concern pull and push alike. */
function raiseSharedAlarms(alarms: Alarms, config: Config, functions: readonly IFunction[]): void {
  alarms.whenHappened('access-refused', [countOf(config, 'accessRefused')]);
  alarms.whenHappened(
    'functions-throttled',
    functions.map((each) => each.metricThrottles()),
  );
}
