import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { nameOf, translate } from './translate.ts';

/** The state table, through the SDK's document client: its items are few. */
export interface StateTable {
  readonly name: string;
  /** As the document client's, but failures are ours; a failed condition stays what it is, for it is an answer. */
  readonly send: DynamoDBDocumentClient['send'];
}

export function createStateTable(client: DynamoDBClient, name: string): StateTable {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const send = (async (command: Parameters<DynamoDBDocumentClient['send']>[0]) => {
    try {
      return await documents.send(command);
    } catch (error) {
      throw nameOf(error) === 'ConditionalCheckFailedException' ? error : translate(error, `table ${name}`);
    }
  }) as DynamoDBDocumentClient['send'];
  return { name, send };
}
