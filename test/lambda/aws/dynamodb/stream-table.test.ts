import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { createStreamTable, writeBody } from '../../../../lambda/aws/dynamodb/stream-table.ts';
import { type Json, type JsonObject, parseJson, stringifyJson } from '../../../../lambda/core/json.ts';
import { isReject, type Prepared, prepare } from '../../../../lambda/core/pull/prepare.ts';
import type { TableItem } from '../../../../lambda/core/pull/table-map.ts';
import type { TablePort } from '../../../../lambda/core/pull/table-writer.ts';
import { readItem, scanItems } from '../../../../operator/tables/read-items.ts';
import { type DynamoDbServer, describeDynamoDbs } from '../../../support/dynamodb-servers.ts';
import { closeAfterTest } from '../../../support/embedded-aws.ts';
import { type Fault, startFaultProxy } from '../../../support/fault-proxy.ts';
import { ManualClock } from '../../../support/memory-ports.ts';
import { streamOf } from '../../../support/streams.ts';

const HELD_LEASE = { guard: () => AbortSignal.timeout(60_000) };

function prepared(object: Json): Prepared {
  const result = prepare(object, streamOf(), { page: 1, index: 0 });
  if (isReject(result)) throw new Error(result.reason);
  return result;
}

const things = (count: number): Prepared[] =>
  Array.from({ length: count }, (_, index) => prepared({ id: index + 1, text: `thing ${index + 1}` }));

async function openTable(server: DynamoDbServer, url?: string) {
  const { tableName } = await server.freshTables();
  const client = server.client(url);
  const options = { client, tableName, runId: 'run-1', lease: HELD_LEASE, clock: new ManualClock() };
  return { table: createStreamTable(options), client, tableName };
}

describeDynamoDbs('a stream table', (server) => {
  test('read returns the items of stored objects and nothing for absent ids', async () => {
    const { table } = await openTable(server);
    const items = things(25);

    const refused = await table.write(items);
    const read = await table.read([...items.map(({ id }) => id), 'absent'], true);

    expect(refused).toEqual([]);
    expect(byId(read)).toEqual(byId(items.map(({ id, hash }) => ({ id, hash, isTombstone: false }))));
  });

  test('scan returns each item of the table once, also those of other programs', async () => {
    const { table, client, tableName } = await openTable(server);
    const items = things(60);
    for (let start = 0; start < 60; start += 20) await table.write(items.slice(start, start + 20));
    await putItems(client, tableName, [
      { _id: { S: 'foreign' }, name: { S: 'x' } },
      { _id: { S: 'numbered' }, _hash: { N: '5' } },
      { _id: { S: 'gone' }, _hash: { S: 'gone' }, _deletedAt: { S: '2026-11-01T00:00:00Z' } },
    ]);

    const { found, isThrough } = await scanAll(table);

    expect(isThrough).toBe(true);
    expect(byId(found)).toEqual(
      byId([
        ...items.map(({ id, hash }) => ({ id, hash, isTombstone: false })),
        { id: 'foreign', hash: undefined, isTombstone: false },
        { id: 'numbered', hash: undefined, isTombstone: false },
        { id: 'gone', hash: 'gone', isTombstone: true },
      ]),
    );
  });

  test('a scan reads on where an answer of 1 MB ended', async () => {
    const { table } = await openTable(server);
    const large = Array.from({ length: 12 }, (_, index) =>
      prepared({ id: index + 1, text: 'x'.repeat(390_000) }),
    );
    for (const item of large) await table.write([item]);

    const { found, answers } = await scanAll(table);

    expect(byId(found).map(({ id }) => id)).toEqual(large.map(({ id }) => id).sort());
    expect(answers).toBeGreaterThan(4);
  });

  test('a scan ends when the caller has enough', async () => {
    const { table } = await openTable(server);
    await table.write(things(25));
    const never = new AbortController().signal;

    await expect(table.scan(false, never, () => false)).resolves.toBe(false);
  });

  test('a scan that is aborted throws the reason', async () => {
    const { table } = await openTable(server);
    await table.write(things(25));
    const stop = new AbortController();
    const reason = new Error('stop');

    const scan = table.scan(false, stop.signal, () => {
      stop.abort(reason);
      return true;
    });
    stop.abort(reason);

    await expect(scan).rejects.toBe(reason);
  });

  test("an object is read back as it was written, with the pull's own fields", async () => {
    const { table, client, tableName } = await openTable(server);
    const text =
      '{"id":"a/b é","exact":9007199254740993,"tiny":0.1000000000000000055,"empty":"","nothing":null,"emoji":"🧑‍🤝‍🧑",' +
      '"__proto__":{"constructor":[1,{"__proto__":"x"}]},"constructor":"c","size":true,"list":[],"map":{},"a.b#c":-1.5}';
    const item = prepared(parseJson(text));

    await table.write([item]);
    const stored = await readItem(client, tableName, item.id);

    const { _id, _hash, _changedAt, _run, ...object } = stored as JsonObject;
    expect([_id, _hash, _changedAt, _run]).toEqual([item.id, item.hash, '2026-11-24T03:00:00.000Z', 'run-1']);
    expect(stringifyJson(sorted(object))).toBe(stringifyJson(sorted(parseJson(text))));
  });

  test('a write replaces the whole item', async () => {
    const { table, client, tableName } = await openTable(server);
    await table.write([prepared({ id: 1, old: 'x', text: 'a' })]);

    await table.write([prepared({ id: 1, text: 'b' })]);

    const item = await readItem(client, tableName, '1');
    expect(item).toMatchObject({ text: 'b' });
    expect(item).not.toHaveProperty('old');
  });

  test('a write returns an item that is too large and stores the others of the batch', async () => {
    const { table, client, tableName } = await openTable(server);
    const items = things(7);
    const large: Prepared = { ...prepared({ id: 99 }), object: { id: 99, text: 'x'.repeat(420_000) } };

    const refused = await table.write([...items.slice(0, 4), large, ...items.slice(4)]);

    expect(refused.map(({ id }) => id)).toEqual(['99']);
    expect(await idsIn(client, tableName)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  });

  test('scanItems reads each item once, at first as many as it is told', async () => {
    const { table, client, tableName } = await openTable(server);
    await table.write(things(25));

    const sizes: number[] = [];
    const ids: unknown[] = [];
    for await (const page of scanItems(client, tableName, { withDeleted: true, mostAtFirst: 10 })) {
      sizes.push(page.length);
      ids.push(...page.map((item) => item._id));
    }

    expect(sizes).toEqual([10, 15]);
    expect(new Set(ids).size).toBe(25);
    expect(ids).toHaveLength(25);
  });

  test('a table that does not exist is named in the error', async () => {
    const client = server.client();
    const tableName = 'procurios-sync-acme-nowhere';
    const table = createStreamTable({
      client,
      tableName,
      runId: 'r',
      lease: HELD_LEASE,
      clock: new ManualClock(),
    });
    const missing = { code: 'STORE_MISSING', message: expect.stringContaining(tableName) };

    await expect(table.read(['1'], false)).rejects.toMatchObject(missing);
    await expect(scanAll(table)).rejects.toMatchObject(missing);
    await expect(table.write(things(1))).rejects.toMatchObject(missing);
    await expect(readItem(client, tableName, '1')).rejects.toMatchObject(missing);
  });
});

describeDynamoDbs('a stream table under faults', (server) => {
  async function openFaulty(decide: (action: string, ordinal: number) => Fault | undefined) {
    const proxy = closeAfterTest(await startFaultProxy(server.url));
    proxy.onCall(({ action, ordinal }) => decide(action, ordinal));
    return { proxy, ...(await openTable(server, proxy.url)) };
  }

  test('unprocessed items are sent again until all are stored', async () => {
    const { table, proxy, tableName } = await openFaulty((action, ordinal) =>
      action === 'BatchWriteItem' && ordinal <= 3 ? { unprocessed: 10 } : undefined,
    );

    const refused = await table.write(things(25));

    expect(refused).toEqual([]);
    expect(await idsIn(server.client(), tableName)).toHaveLength(25);
    expect(proxy.calls().BatchWriteItem).toBe(4);
    expect(proxy.items().BatchWriteItem).toBe(25 + 10 + 10 + 10);
  });

  test.each(['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'])(
    'writes and reads are retried after %s',
    async (name) => {
      const { table, tableName } = await openFaulty((_action, ordinal) =>
        ordinal <= 4 ? { refuse: name } : undefined,
      );

      await table.write(things(25));
      const read = await table.read(['1', '25'], true);

      expect(read).toHaveLength(2);
      expect(await idsIn(server.client(), tableName)).toHaveLength(25);
    },
  );

  test('a scan goes on after throttling, and shows each item once', async () => {
    const { table } = await openFaulty((action, ordinal) =>
      action === 'Scan' && ordinal <= 6 ? { refuse: 'ThrottlingException' } : undefined,
    );
    await table.write(things(25));

    const { found, isThrough } = await scanAll(table);

    expect(isThrough).toBe(true);
    expect(byId(found).map(({ id }) => id)).toEqual(
      things(25)
        .map(({ id }) => id)
        .sort(),
    );
  });

  test('a table that always throttles is unavailable after 12 attempts', async () => {
    const { table } = await openFaulty(() => ({ refuse: 'ThrottlingException' }));

    await expect(table.write(things(2))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringMatching(
        /^table procurios-sync-test-\d+-things is still throttled after 12 attempts$/,
      ),
    });
  });

  test.each<Fault>([{ status: 500 }, 'drop', { refuse: 'AccessDeniedException' }])(
    'a table is unavailable after %p',
    async (fault) => {
      const { table } = await openFaulty(() => fault);

      await expect(table.write(things(2))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      await expect(table.read(['1'], false)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      await expect(scanAll(table)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    },
  );

  test('an item whose first write lost its reply is stored once', async () => {
    const { table, tableName } = await openFaulty((action, ordinal) =>
      action === 'BatchWriteItem' && ordinal === 1 ? 'loseReply' : undefined,
    );

    await expect(table.write(things(3))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await table.write(things(3));

    expect(await idsIn(server.client(), tableName)).toEqual(['1', '2', '3']);
  });

  test('nothing is written after the lease was lost', async () => {
    const { tableName } = await server.freshTables();
    const lost = new Error('lost');
    const lease = {
      guard: (): AbortSignal => {
        throw lost;
      },
    };
    const client = server.client();
    const table = createStreamTable({ client, tableName, runId: 'r', lease, clock: new ManualClock() });

    await expect(table.write(things(3))).rejects.toBe(lost);

    expect(await idsIn(client, tableName)).toEqual([]);
  });
});

describe('the body of a batch', () => {
  test('the body of a batch equals the body that the SDK makes, byte for byte', () => {
    const objects: JsonObject[] = [
      { id: 1, text: 'é " \\ \n 🧑', list: [1, 'two', null, true, [], {}], map: { deep: { er: -0.5 } } },
      { id: 2, zero: 0, small: 1e-7, no: false, 'a.b': '' },
    ];
    const items = objects.map(prepared);
    const own = (item: Prepared) => ({ _id: item.id, _hash: item.hash, _changedAt: 'T', _run: 'R' });

    const body = writeBody('table', items, 'T', 'R');

    const requests = items.map((item) => ({
      PutRequest: { Item: marshall({ ...own(item), ...item.object }) },
    }));
    expect(body).toBe(JSON.stringify({ RequestItems: { table: requests } }));
  });
});

async function scanAll(table: TablePort) {
  const found: TableItem[] = [];
  let answers = 0;
  const isThrough = await table.scan(false, new AbortController().signal, (items) => {
    answers += 1;
    found.push(...items);
    return true;
  });
  return { found, answers, isThrough };
}

function byId<Item extends Pick<TableItem, 'id'>>(items: readonly Item[]): Item[] {
  return items.toSorted((one, other) => (one.id < other.id ? -1 : 1));
}

/** Stores items as another program would. */
async function putItems(
  client: ReturnType<DynamoDbServer['client']>,
  TableName: string,
  items: readonly Record<string, AttributeValue>[],
): Promise<void> {
  for (const Item of items) await client.send(new PutItemCommand({ TableName, Item }));
}

async function idsIn(client: ReturnType<DynamoDbServer['client']>, tableName: string): Promise<unknown[]> {
  const ids: unknown[] = [];
  for await (const items of scanItems(client, tableName, { withDeleted: true }))
    ids.push(...items.map((item) => item._id));
  return ids.sort();
}

/** The value with its fields sorted at every level, because DynamoDB does not keep their order. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null || 'text' in value) return value;
  const fields = Object.entries(value as JsonObject).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(fields.map(([name, part]) => [name, sorted(part)]));
}
