import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { JsonObject } from '../../core/json.ts';
import { nameOf, translate } from '../aws-errors.ts';
import { callRaw, type RawAction } from '../dynamodb/dynamodb-call.ts';

/** The state table. Failures are ours; a failed condition stays what it is, for it is an answer. */
export interface StateTable {
  readonly name: string;
  /** As the document client's: most items are few. */
  readonly send: DynamoDBDocumentClient['send'];
  /** As {@link callRaw}, with the answer parsed: for the ledger, which every change calls twice at the least. */
  call(action: RawAction, body: string, signal?: AbortSignal): Promise<JsonObject>;
}

type Call = [command: Parameters<DynamoDBDocumentClient['send']>[0], options?: { abortSignal?: AbortSignal }];

export function createStateTable(client: DynamoDBClient, name: string): StateTable {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const failure = (error: unknown) =>
    nameOf(error) === 'ConditionalCheckFailedException' ? error : translate(error, `table ${name}`);
  const send = async (...call: Call) => {
    try {
      return await documents.send(...call);
    } catch (error) {
      throw failure(error);
    }
  };
  return {
    name,
    send: send as DynamoDBDocumentClient['send'],
    async call(action, body, signal) {
      try {
        return JSON.parse(await callRaw(client, action, body, signal)) as JsonObject;
      } catch (error) {
        throw failure(error);
      }
    },
  };
}

/** The same table for the holder of a lease: every call is refused, or broken off, once the lease does not allow it. */
export function underLease(state: StateTable, lease: { guard(): AbortSignal }): StateTable {
  const send = async ([command]: Call) => await state.send(command, { abortSignal: lease.guard() });
  return {
    name: state.name,
    send: ((...call: Call) => send(call)) as StateTable['send'],
    call: async (action, body) => await state.call(action, body, lease.guard()),
  };
}
