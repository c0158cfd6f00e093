import { createHash } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import ky from 'ky';
import { pathOf, procuriosHost, queryOf, type Round, serveRounds, tableNameOf } from './round.ts';

/** Batch writes in flight at a time. */
const WRITES_AT_ONCE = 4;
const documents = DynamoDBDocumentClient.from(new DynamoDBClient());

interface Listed {
  readonly id: number;
}
interface Item extends Listed {
  readonly _id: string;
  readonly _hash: string;
}

serveRounds(async (round: Round) => {
  const api = await signedIn();
  const fetchPage = (after?: number) => {
    const searchParams = { ...queryOf(round), ...(after !== undefined && { after }) };
    return api.get(pathOf(round).slice(1), { searchParams }).json<{ relations: Listed[] }>();
  };
  let fetched = 0;
  let written = 0;
  for (let next = fetchPage(); ; ) {
    const { relations } = await next;
    const last = relations.at(-1);
    if (last === undefined) return { fetched, written };
    next = fetchPage(last.id);
    const changed = await changedOf(tableNameOf(round), relations);
    await write(tableNameOf(round), changed);
    fetched += relations.length;
    written += changed.length;
  }
});

/** Requests a token and returns a ky that carries it. */
async function signedIn() {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'bench' });
  const token = await ky.post(`${procuriosHost()}/l/oauth2/token`, { body }).json<{ access_token: string }>();
  return ky.create({
    prefix: procuriosHost(),
    retry: 5,
    headers: {
      authorization: `Bearer ${token.access_token}`,
      accept: 'application/vnd.procurios.relation+json; version=1',
      'accept-language': 'nl-NL',
    },
  });
}

/** Compares a page's objects with the table by their hashes. */
async function changedOf(table: string, objects: readonly Listed[]): Promise<Item[]> {
  const items = objects.map((object) => ({
    _id: String(object.id),
    _hash: createHash('sha1').update(JSON.stringify(object)).digest('hex'),
    ...object,
  }));
  const { Responses = {} } = await documents.send(
    new BatchGetCommand({
      RequestItems: {
        [table]: {
          Keys: items.map(({ _id }) => ({ _id })),
          ProjectionExpression: '#id, #hash',
          ExpressionAttributeNames: { '#id': '_id', '#hash': '_hash' },
        },
      },
    }),
  );
  const hashes = new Map(Responses[table]?.map(({ _id, _hash }) => [_id, _hash]));
  return items.filter(({ _id, _hash }) => hashes.get(_id) !== _hash);
}

async function write(table: string, items: readonly Item[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(items.length / 25) }, (_, index) =>
    items.slice(index * 25, index * 25 + 25),
  );
  for (let start = 0; start < batches.length; start += WRITES_AT_ONCE) {
    const writes = batches.slice(start, start + WRITES_AT_ONCE).map((batch) => {
      const requests = batch.map((Item) => ({ PutRequest: { Item } }));
      return documents.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
    });
    await Promise.all(writes);
  }
}
