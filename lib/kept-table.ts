import { RemovalPolicy } from 'aws-cdk-lib';
import {
  type Attribute,
  AttributeType,
  Billing,
  ProjectionType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { EXPIRES_AT, type Key, type TableKeys } from '../lambda/deployment/tables.ts';

export interface KeptTableProps {
  readonly tableName: string;
  readonly keys: TableKeys;
  /** @default - A key that belongs to DynamoDB. */
  readonly encryptionKey: IKey | undefined;
}

/** A table that outlives the stack, and whose writes can be undone for 35 days. */
export function keptTable(
  scope: Construct,
  id: string,
  { tableName, keys, encryptionKey }: KeptTableProps,
): TableV2 {
  return new TableV2(scope, id, {
    tableName,
    ...keyProps(keys.key),
    globalSecondaryIndexes: Object.entries(keys.indexes).map(([indexName, key]) => ({
      indexName,
      ...keyProps(key),
      projectionType: ProjectionType.ALL,
    })),
    timeToLiveAttribute: EXPIRES_AT,
    billing: Billing.onDemand(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
    // Not RETAIN_ON_UPDATE_OR_DELETE: a rollback would try to delete the table, and its protection would make the rollback fail.
    removalPolicy: RemovalPolicy.RETAIN,
    encryption: encryptionKey
      ? TableEncryptionV2.customerManagedKey(encryptionKey)
      : TableEncryptionV2.dynamoOwnedKey(),
  });
}

function keyProps([partition = '', sort]: Key): { partitionKey: Attribute; sortKey?: Attribute } {
  const attribute = (name: string): Attribute => ({ name, type: AttributeType.STRING });
  return { partitionKey: attribute(partition), ...(sort !== undefined && { sortKey: attribute(sort) }) };
}
