import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, test } from '@jest/globals';
import { createArchiveTable } from '../../../../lambda/aws/dynamodb/archive-table.ts';
import { createStreamTable } from '../../../../lambda/aws/dynamodb/stream-table.ts';
import { survivorOf } from '../../../../lambda/core/deletes/archive.ts';
import type { Json } from '../../../../lambda/core/json.ts';
import { isReject, prepare } from '../../../../lambda/core/pull/prepare.ts';
import { describeDynamoDbs } from '../../../support/dynamodb-servers.ts';
import { closeAfterTest } from '../../../support/embedded-aws.ts';
import { startFaultProxy } from '../../../support/fault-proxy.ts';
import { ManualClock } from '../../../support/memory-ports.ts';
import { streamOf } from '../../../support/streams.ts';

const ON = '2025-10-02T20:41:38+00:00';
const ON_MS = Date.UTC(2025, 9, 2, 20, 41, 38);
const ENTRIES = streamOf({ key: ['archived_relation_id'] });

const entryOf = (archived_relation_id: Json, kept_relation_id: Json = null, archived_on: Json = ON) => ({
  archived_relation_id,
  archived_on,
  archived_reason: null,
  kept_relation_id,
});

describeDynamoDbs("the archive's table", (server) => {
  async function openArchive(entries: readonly Json[], others: readonly object[] = []) {
    const proxy = await startFaultProxy(server.url);
    closeAfterTest(proxy);
    const { tableName } = await server.freshTables();
    const client = server.client(proxy.url);
    const options = { client, tableName, clock: new ManualClock() };
    const lease = { guard: () => AbortSignal.timeout(60_000) };
    const table = createStreamTable({ ...options, runId: 'run-1', lease });
    const prepared = entries.map((entry) => prepare(entry, ENTRIES, { page: 1, index: 0 }));
    const items = prepared.flatMap((each) => (isReject(each) ? [] : [each]));
    expect(items).toHaveLength(entries.length);
    for (let start = 0; start < items.length; start += 25) await table.write(items.slice(start, start + 25));
    for (const item of others) {
      await client.send(new PutItemCommand({ TableName: tableName, Item: marshall(item) }));
    }
    return { archive: createArchiveTable(options), proxy };
  }

  test('an entry says when its object was archived, and into which object it was merged', async () => {
    const { archive } = await openArchive([
      entryOf(1, 9),
      entryOf(2),
      entryOf('a/b', 'c d'),
      entryOf(3, null, '2025-10-02T22:41:38.5+02:00'),
    ]);

    const read = await archive.read(['1', '2', '3', 'a%2Fb', 'absent']);

    expect([...read].sort(([a], [b]) => a.localeCompare(b))).toEqual([
      ['1', { archivedAtMs: ON_MS, mergedInto: '9' }],
      ['2', { archivedAtMs: ON_MS }],
      ['3', { archivedAtMs: ON_MS + 500 }],
      ['a%2Fb', { archivedAtMs: ON_MS, mergedInto: 'c%20d' }],
    ]);
  });

  test.each([
    ['no offset', '2025-10-02T20:41:38'],
    ['no time', '2025-10-02'],
    ['no form of a time', 'yesterday'],
    ['a day that does not exist', '2025-13-45T20:41:38Z'],
    ['a number', 1759437698],
    ['nothing', null],
  ])('an entry whose date has %s does not say when', async (_what, archivedOn) => {
    const { archive } = await openArchive([entryOf(1, 2, archivedOn)]);

    expect(await archive.read(['1'])).toEqual(
      new Map([['1', { archivedAtMs: Number.NaN, mergedInto: '2' }]]),
    );
  });

  test.each([[true], [{ id: 2 }], [[2]], [''], [1.5]])(
    'an entry whose survivor is %j names none',
    async (kept) => {
      const { archive } = await openArchive([entryOf(1, kept)]);

      expect(await archive.read(['1'])).toEqual(new Map([['1', { archivedAtMs: ON_MS }]]));
    },
  );

  test('chains of merges are read to their end, a circle once, and no entry twice', async () => {
    const { archive, proxy } = await openArchive([
      entryOf(1, 2),
      entryOf(2, 3),
      entryOf(3, 4),
      entryOf(5, 4),
      entryOf(6, 7),
      entryOf(7, 6),
      entryOf(99, 1),
    ]);
    const before = proxy.items().BatchGetItem ?? 0;

    const read = await archive.read(['1', '5', '6']);

    expect([...read.keys()].sort()).toEqual(['1', '2', '3', '5', '6', '7']);
    expect(['1', '5', '6'].map((id) => survivorOf(id, read))).toEqual(['4', '4', '7']);
    expect((proxy.items().BatchGetItem ?? 0) - before).toBe(7);
  });

  test('entries of another program, and entries that are gone, are no word', async () => {
    const { archive } = await openArchive(
      [],
      [
        { _id: '1', archived_on: ON, kept_relation_id: 2 },
        { _id: '2', _hash: 'gone', _deletedAt: ON, archived_on: ON },
      ],
    );

    expect(await archive.read(['1', '2'])).toEqual(new Map());
  });

  test('more ids than fit into a call are read, throttled or not, and no ids without a call', async () => {
    const { archive, proxy } = await openArchive(
      Array.from({ length: 250 }, (_, index) => entryOf(index + 1)),
    );
    expect(await archive.read([])).toEqual(new Map());
    expect(proxy.calls().BatchGetItem).toBeUndefined();
    proxy.onCall(({ action, ordinal }) =>
      action === 'BatchGetItem' && ordinal < 6
        ? { refuse: 'ProvisionedThroughputExceededException' }
        : undefined,
    );

    const read = await archive.read(Array.from({ length: 300 }, (_, index) => String(index + 1)));

    expect(read.size).toBe(250);
    expect(proxy.calls().BatchGetItem).toBeGreaterThanOrEqual(8);
  });

  test('a table that does not exist is named', async () => {
    const options = { client: server.client(), tableName: 'procurios-sync-none', clock: new ManualClock() };

    await expect(createArchiveTable(options).read(['1'])).rejects.toMatchObject({
      code: 'STORE_MISSING',
      message: expect.stringContaining('procurios-sync-none'),
    });
  });
});
