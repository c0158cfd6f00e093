import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Config } from '../lambda/deployment/config.ts';
import { streamTableName } from '../lambda/deployment/names.ts';
import { STREAM_TABLE } from '../lambda/deployment/tables.ts';
import { keptTable } from './kept-table.ts';

export interface StreamTablesProps {
  readonly config: Config;
  /** @default - A key that belongs to DynamoDB. */
  readonly encryptionKey: IKey | undefined;
}

/** The table of each stream. */
export class StreamTables extends Construct {
  readonly tables: readonly ITableV2[];

  constructor(scope: Construct, id: string, { config, encryptionKey }: StreamTablesProps) {
    super(scope, id);
    this.tables = config.streams.map(({ name }) =>
      keptTable(this, name, {
        tableName: streamTableName(config.environment, name),
        keys: STREAM_TABLE,
        encryptionKey,
      }),
    );
  }
}
