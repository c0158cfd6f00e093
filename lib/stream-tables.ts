import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  type ITableV2,
  TableEncryptionV2,
  type TablePropsV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Config } from '../lambda/deployment/config.ts';
import { streamTableName } from '../lambda/deployment/names.ts';

export interface StreamTablesProps {
  readonly config: Config;
  /** @default - A key that belongs to DynamoDB. */
  readonly encryptionKey: IKey | undefined;
}

/** A table for each stream. */
export class StreamTables extends Construct {
  readonly tables: readonly ITableV2[];

  constructor(scope: Construct, id: string, { config, encryptionKey }: StreamTablesProps) {
    super(scope, id);
    this.tables = config.streams.map(
      ({ name }) =>
        new TableV2(this, name, {
          ...keptTable(encryptionKey),
          tableName: streamTableName(config.environment, name),
          partitionKey: { name: '_id', type: AttributeType.STRING },
        }),
    );
  }
}

/** What all tables have in common: they outlive the stack, and what happens to them can be undone. */
export function keptTable(encryptionKey: IKey | undefined) {
  return {
    billing: Billing.onDemand(),
    timeToLiveAttribute: '_expiresAt',
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
    encryption: encryptionKey
      ? TableEncryptionV2.customerManagedKey(encryptionKey)
      : TableEncryptionV2.dynamoOwnedKey(),
  } satisfies Partial<TablePropsV2>;
}
