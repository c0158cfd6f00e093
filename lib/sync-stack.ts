import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, ProjectionType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type CfnSecret, type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Config } from '../lambda/config/config.ts';
import { clientSecretName, stateTableName } from '../lambda/config/names.ts';
import { QueuedPush } from './queued-push.ts';
import { ScheduledPull } from './scheduled-pull.ts';
import { keptTable, StreamTables } from './stream-tables.ts';

export interface SyncStackProps extends StackProps {
  readonly config: Config;
}

/** Everything that a config needs in AWS. Owns the state table and the secret; the rest is in constructs. */
export class SyncStack extends Stack {
  constructor(scope: Construct, id: string, { config, ...props }: SyncStackProps) {
    super(scope, id, props);
    const encryptionKey = undefined;
    const stateTable = new TableV2(this, 'StateTable', {
      ...keptTable(encryptionKey),
      tableName: stateTableName(config.environment),
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      globalSecondaryIndexes: [
        {
          indexName: 'byOutcome',
          partitionKey: { name: 'outcome', type: AttributeType.STRING },
          sortKey: { name: 'queuedAt', type: AttributeType.STRING },
          projectionType: ProjectionType.ALL,
        },
      ],
    });
    const clientSecret = this.clientSecret(config);
    const { tables } = new StreamTables(this, 'Streams', { config, encryptionKey });
    new ScheduledPull(this, 'Pull', {
      config,
      streamTables: tables,
      stateTable,
      clientSecret,
      encryptionKey,
    });
    new QueuedPush(this, 'Push', { config, stateTable, clientSecret, encryptionKey });
  }

  /** The secret without a value, which `procurios-sync configure` stores; one that the config names is somebody else's. */
  private clientSecret({ environment, secretName }: Config): ISecret {
    if (secretName !== clientSecretName(environment)) {
      return Secret.fromSecretNameV2(this, 'ClientSecret', secretName);
    }
    const secret = new Secret(this, 'ClientSecret', {
      secretName,
      description: 'Id and secret of the Procurios client: {"clientId": "…", "clientSecret": "…"}',
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // The CDK would have a value made up, which the pull would then take for credentials.
    (secret.node.defaultChild as CfnSecret).addPropertyDeletionOverride('GenerateSecretString');
    return secret;
  }
}
