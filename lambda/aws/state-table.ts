import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { nameOf, translate } from './translate.ts';

/** The state table, through the SDK's document client: its items are few. */
export interface StateTable {
  readonly name: string;
  /** As the document client's, but failures are ours; a failed condition stays what it is, for it is an answer. */
  readonly send: DynamoDBDocumentClient['send'];
}

type Call = [command: Parameters<DynamoDBDocumentClient['send']>[0], options?: { abortSignal?: AbortSignal }];

export function createStateTable(client: DynamoDBClient, name: string): StateTable {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const send = (async (...call: Call) => {
    try {
      return await documents.send(...call);
    } catch (error) {
      throw nameOf(error) === 'ConditionalCheckFailedException' ? error : translate(error, `table ${name}`);
    }
  }) as DynamoDBDocumentClient['send'];
  return { name, send };
}

/** The same table for the holder of a lease: every call is refused, or broken off, once the lease does not allow it. */
export function underLease({ name, send }: StateTable, lease: { guard(): AbortSignal }): StateTable {
  const guarded = async ([command]: Call) => await send(command, { abortSignal: lease.guard() });
  return { name, send: ((...call: Call) => guarded(call)) as StateTable['send'] };
}
