import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, test } from '@jest/globals';
import {
  createDeletesTable,
  type DeletesTableOptions,
} from '../../../../lambda/aws/dynamodb/deletes-table.ts';
import { createStreamTable } from '../../../../lambda/aws/dynamodb/stream-table.ts';
import type { MergedItem, UnseenItem } from '../../../../lambda/core/deletes/delete-ports.ts';
import type { Json, JsonObject } from '../../../../lambda/core/json.ts';
import { isReject, type Prepared, prepare } from '../../../../lambda/core/pull/prepare.ts';
import { TableMap } from '../../../../lambda/core/pull/table-map.ts';
import { readItem } from '../../../../operator/tables/read-items.ts';
import { describeDynamoDbs } from '../../../support/dynamodb-servers.ts';
import { closeAfterTest } from '../../../support/embedded-aws.ts';
import { type Fault, type ProxiedCall, startFaultProxy } from '../../../support/fault-proxy.ts';
import { ManualClock } from '../../../support/memory-ports.ts';
import { streamOf } from '../../../support/streams.ts';

const CHANGED_AT = '2026-11-20T03:00:00.000Z';
const NOW = '2026-11-24T03:00:00.000Z';
const THIRTY_DAYS_LATER = Date.parse('2026-12-24T03:00:00.000Z') / 1000;
const HELD_LEASE = { guard: () => AbortSignal.timeout(60_000) };
/** The soak's server keeps a part of an update that it refuses. */
const testOfAtomicUpdates = globalThis.runsInSoak ? test.skip : test;
const never = new AbortController().signal;
const always = () => true;

const itemOf = (id: string): UnseenItem => ({
  id,
  hash: `hash of ${id}`,
  changedAt: CHANGED_AT,
  archiveKey: id,
});
const burialOf = (id: string) => ({ item: itemOf(id), because: 'absent w1 w2 w3' });
const liveItem = (id: string, more: object = {}) => ({
  _id: id,
  _hash: `hash of ${id}`,
  _changedAt: CHANGED_AT,
  _run: 'run-0',
  name: `thing ${id}`,
  ...more,
});

describeDynamoDbs('the table of a stream whose objects are gone', (server) => {
  async function openTable(items: readonly object[], options: Partial<DeletesTableOptions> = {}) {
    const proxy = await startFaultProxy(server.url);
    closeAfterTest(proxy);
    const { tableName } = await server.freshTables();
    const direct = server.client();
    await putItems(direct, tableName, items);
    const base = {
      client: server.client(proxy.url),
      tableName,
      runId: 'run-1',
      lease: HELD_LEASE,
      clock: new ManualClock(),
      retainTombstonesForDays: 30,
      ...options,
    };
    const itemIn = (id: string) => readItem(direct, tableName, id);
    return {
      table: createDeletesTable(base),
      pullTable: createStreamTable(base),
      proxy,
      direct,
      tableName,
      itemIn,
    };
  }

  test('the scan finds the live items that the walk did not see, whoever wrote other items', async () => {
    const tombstone = { _hash: 'gone', _deletedAt: NOW };
    const { table } = await openTable([
      liveItem('1'),
      liveItem('2'),
      liveItem('3'),
      { _id: 'unstamped', _hash: 'h' },
      { _id: 'foreign', name: 'of another program' },
      { _id: 'numbered', _hash: 5, _changedAt: CHANGED_AT },
      liveItem('gone', tombstone),
      liveItem('merged', { ...tombstone, _mergedInto: '1' }),
    ]);
    const map = new TableMap([1, 2]);
    map.see('2');

    const unseen: UnseenItem[] = [];
    const merged: MergedItem[] = [];
    await table.scanUnseen((id) => map.hasSeen(id), true, never, {
      unseen: (item) => unseen.push(item),
      merged: (item) => merged.push(item),
    });

    expect(unseen.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual([
      itemOf('1'),
      itemOf('3'),
      { id: 'unstamped', hash: 'h', archiveKey: 'unstamped' },
    ]);
    expect(merged).toEqual([{ id: 'merged', mergedInto: '1', archiveKey: 'merged' }]);
  });

  test.each<[string, Json, string | undefined]>([
    ['a text', 'a/b', 'a%2Fb'],
    ['an integer', 17, '17'],
    ['an empty text', '', undefined],
    ['a fraction', 1.5, undefined],
    ['null', null, undefined],
    ['a truth value', true, undefined],
    ['a list', [17], undefined],
    ['an object', { S: '17' }, undefined],
  ])(
    'the archive’s key of an item whose field has %s follows the rules for keys',
    async (_what, value, key) => {
      const archiveField = 'relation "id".#a';
      const { table } = await openTable(
        [
          liveItem('1', { [archiveField]: value }),
          liveItem('2', { [archiveField]: value, _hash: 'gone', _deletedAt: NOW, _mergedInto: '8' }),
        ],
        { archiveField },
      );
      const unseen: UnseenItem[] = [];
      const merged: MergedItem[] = [];

      await table.scanUnseen(() => false, true, never, {
        unseen: (item) => unseen.push(item),
        merged: (item) => merged.push(item),
      });

      expect([unseen[0]?.archiveKey, merged[0]?.archiveKey]).toEqual([key, key]);
      expect(await table.readLive(['1'])).toEqual(unseen);
    },
  );

  test('an item without the archive’s field has no key in the archive, and a binary value is none', async () => {
    const { table } = await openTable([liveItem('1'), liveItem('2', { relation: Buffer.from('17') })], {
      archiveField: 'relation',
    });

    const items = await table.readLive(['1', '2']);

    expect(items.map(({ archiveKey }) => archiveKey)).toEqual([undefined, undefined]);
  });

  test('the scan reads all four parts of the table, and repeats a throttled call', async () => {
    const ids = Array.from({ length: 40 }, (_, index) => `${index}`);
    const { table, proxy } = await openTable(ids.map((id) => liveItem(id)));
    proxy.onCall(({ ordinal }) =>
      ordinal < 3 ? { refuse: 'ProvisionedThroughputExceededException' } : undefined,
    );

    const unseen = new Set<string>();
    await table.scanUnseen(() => false, false, never, {
      unseen: ({ id }) => unseen.add(id),
      merged: () => {},
    });

    expect([...unseen].sort()).toEqual(ids.sort());
    expect(proxy.calls()).toEqual({ Scan: 6 });
  });

  test('a scan that is aborted throws the reason, and one of a missing table says which', async () => {
    const { table } = await openTable([liveItem('1')]);
    const missing = await openTable([], { tableName: 'procurios-sync-none' });
    const take = { unseen: () => {}, merged: () => {} };
    const reason = new Error('stop');

    await expect(table.scanUnseen(() => false, false, AbortSignal.abort(reason), take)).rejects.toBe(reason);
    await expect(missing.table.scanUnseen(() => false, false, never, take)).rejects.toMatchObject({
      code: 'STORE_MISSING',
      message: expect.stringContaining('procurios-sync-none'),
    });
  });

  test('readLive reads any number of items, and leaves out tombstones and items of other programs', async () => {
    const ids = Array.from({ length: 230 }, (_, index) => `${index}`);
    const { table, proxy } = await openTable([
      ...ids.map((id) => liveItem(id)),
      liveItem('gone', { _hash: 'gone', _deletedAt: NOW }),
      { _id: 'foreign', name: 'of another program' },
    ]);

    const live = await table.readLive([...ids, 'gone', 'foreign', 'none']);

    expect(new Map(live.map((item) => [item.id, item]))).toEqual(new Map(ids.map((id) => [id, itemOf(id)])));
    expect(proxy.calls()).toEqual({ BatchGetItem: 3 });
  });

  test('a buried item keeps its fields, and says when, why and for how long', async () => {
    const { table, itemIn } = await openTable([liveItem('1'), liveItem('2'), liveItem('3')]);

    const end = await table.bury(
      [burialOf('1'), { item: itemOf('2'), because: 'merged', mergedInto: '3' }],
      always,
    );

    expect(end).toEqual({ done: 2, gone: ['1', '2'], changed: [] });
    const mark = { _hash: 'gone', _deletedAt: NOW, _expiresAt: THIRTY_DAYS_LATER, _run: 'run-1' };
    expect(await itemIn('1')).toEqual(liveItem('1', { ...mark, _deletedBecause: 'absent w1 w2 w3' }));
    expect(await itemIn('2')).toEqual(
      liveItem('2', { ...mark, _deletedBecause: 'merged', _mergedInto: '3' }),
    );
    expect(await itemIn('3')).toEqual(liveItem('3'));
  });

  test('an object that returns with its old content differs from its tombstone, and replaces it without a trace', async () => {
    const { table, pullTable, itemIn } = await openTable([]);
    const object = preparedOf({ id: 7, name: 'Ada' });
    await pullTable.write([object]);
    const before = await itemIn('7');
    await table.bury([{ item: { id: '7', hash: object.hash, changedAt: NOW }, because: 'archived' }], always);

    const map = new TableMap([1, 2]);
    await pullTable.scan(true, never, (items) => items.every((item) => [map.add(item)]));
    expect(map.differs('7', object.hash)).toBe(true);
    expect(map.countLive()).toBe(0);
    await pullTable.write([object]);

    expect(await itemIn('7')).toEqual(before);
  });

  test.each([
    ['was written since', liveItem('1', { _hash: 'another' })],
    ['was written with the same content since', liveItem('1', { _changedAt: NOW })],
    ['was replaced by another program', { _id: '1', name: 'of another program' }],
  ])('an item that %s stays as it is, and the caller learns it', async (_what, item) => {
    const { table, itemIn } = await openTable([item, liveItem('2')]);

    const end = await table.bury([burialOf('1'), burialOf('2')], always);

    expect(end).toEqual({ done: 2, gone: ['2'], changed: ['1'] });
    expect(await itemIn('1')).toEqual(item);
  });

  test('an item that had no time of change is buried while it has none', async () => {
    const unstamped = { _id: '1', _hash: 'h', name: 'x' };
    const { table, itemIn } = await openTable([unstamped, { ...unstamped, _id: '2', _changedAt: NOW }]);
    const burials = ['1', '2'].map((id) => ({ item: { id, hash: 'h' }, because: 'archived' }));

    expect(await table.bury(burials, always)).toEqual({ done: 2, gone: ['1'], changed: ['2'] });

    expect(await itemIn('1')).toMatchObject({ _deletedAt: NOW, _hash: 'gone' });
  });

  test('burying again changes nothing, and an item that is no longer in the table is gone', async () => {
    const { table, itemIn } = await openTable([liveItem('1')]);
    await table.bury([burialOf('1')], always);
    const before = await itemIn('1');

    const end = await table.bury([{ ...burialOf('1'), because: 'archived' }, burialOf('absent')], always);

    expect(end).toEqual({ done: 2, gone: ['1', 'absent'], changed: [] });
    expect(await itemIn('1')).toEqual(before);
    expect(await itemIn('absent')).toBeUndefined();
  });

  test('an item whose answer was lost is buried once, and counts as gone', async () => {
    const { table, proxy, itemIn } = await openTable([liveItem('1')]);
    let lost = 0;
    proxy.onCall((call): Fault | undefined => {
      if (call.action !== 'UpdateItem' || lost > 0) return undefined;
      lost += 1;
      return 'loseReply';
    });

    const end = await table.bury([burialOf('1')], always).catch(() => table.bury([burialOf('1')], always));

    expect(lost).toBe(1);
    expect(end).toEqual({ done: 1, gone: ['1'], changed: [] });
    expect(await itemIn('1')).toMatchObject({ _deletedAt: NOW });
  });

  test('without retention items are deleted, under the same conditions', async () => {
    const { table, itemIn } = await openTable(
      [liveItem('1'), liveItem('2', { _hash: 'another' }), liveItem('3', { _deletedAt: NOW })],
      { retainTombstonesForDays: 0 },
    );

    const end = await table.bury([burialOf('1'), burialOf('2'), burialOf('3')], always);

    expect(end).toEqual({ done: 3, gone: ['1', '3'], changed: ['2'] });
    expect(await itemIn('1')).toBeUndefined();
    expect(await itemIn('2')).toEqual(liveItem('2', { _hash: 'another' }));
    expect(await itemIn('3')).toEqual(liveItem('3', { _deletedAt: NOW }));
  });

  testOfAtomicUpdates(
    'an item without room for its mark is deleted, if it is still what was judged',
    async () => {
      const full = { text: 'x'.repeat(400 * 1024 - 100) };
      const { table, itemIn } = await openTable([
        liveItem('1', full),
        liveItem('2', { ...full, _hash: 'another' }),
        liveItem('3'),
      ]);

      const end = await table.bury([burialOf('1'), burialOf('2'), burialOf('3')], always);

      expect(end).toEqual({ done: 3, gone: ['1', '3'], changed: ['2'] });
      expect(await itemIn('1')).toBeUndefined();
      expect(await itemIn('2')).toMatchObject({ _hash: 'another' });
      expect(await itemIn('3')).toMatchObject({ _deletedAt: NOW });
    },
  );

  test('a request that is refused for another reason than the size deletes nothing', async () => {
    const { table, proxy, itemIn } = await openTable([liveItem('1')]);
    proxy.onCall(({ action }) => (action === 'UpdateItem' ? { refuse: 'ValidationException' } : undefined));

    await expect(table.bury([burialOf('1')], always)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });

    expect(proxy.calls().DeleteItem).toBeUndefined();
    expect(await itemIn('1')).toEqual(liveItem('1'));
  });

  test('throttled burials are repeated until they are done', async () => {
    const ids = Array.from({ length: 60 }, (_, index) => `${index}`);
    const { table, proxy, itemIn } = await openTable(ids.map((id) => liveItem(id)));
    const refusals = new Map<string, number>();
    proxy.onCall((call) => refuseTwice(call, refusals));

    const end = await table.bury(ids.map(burialOf), always);

    expect(end).toEqual({ done: 60, gone: ids, changed: [] });
    expect([...refusals.values()]).toEqual(Array(20).fill(2));
    for (const id of refusals.keys()) expect(await itemIn(id)).toMatchObject({ _hash: 'gone' });
  });

  test('between batches of 500 the caller is asked whether to go on', async () => {
    const { table, pullTable, itemIn } = await openTable([]);
    const objects = Array.from({ length: 501 }, (_, index) => preparedOf({ id: index + 1 }));
    for (let start = 0; start < 501; start += 25) await pullTable.write(objects.slice(start, start + 25));
    const burials = objects.map(({ id, hash }) => ({
      item: { id, hash, changedAt: NOW },
      because: 'archived',
    }));
    let asked = 0;
    const ask = (answer: boolean) => () => {
      asked += 1;
      return answer;
    };

    const first = await table.bury(burials, ask(false));
    const last = await itemIn('501');
    const rest = await table.bury(burials.slice(first.done), ask(true));

    expect([first.done, first.gone.length, asked]).toEqual([500, 500, 1]);
    expect(await itemIn('500')).toMatchObject({ _deletedBecause: 'archived' });
    expect(last).not.toHaveProperty('_deletedAt');
    expect(rest).toEqual({ done: 1, gone: ['501'], changed: [] });
  });

  test('a lease that has run out stops the burials', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `${index}`);
    let writes = 0;
    const over = Object.assign(new Error('over'), { name: 'Over' });
    const guard = () => {
      writes += 1;
      if (writes > 40) throw over;
      return never;
    };
    const { table, proxy } = await openTable(
      ids.map((id) => liveItem(id)),
      { lease: { guard } },
    );

    await expect(table.bury(ids.map(burialOf), always)).rejects.toBe(over);

    expect(proxy.calls().UpdateItem).toBeLessThanOrEqual(40);
    expect(writes).toBeLessThan(80);
  });

  test('a tombstone names another survivor if it still names the former one', async () => {
    const tombstone = { _hash: 'gone', _deletedAt: NOW, _mergedInto: '2' };
    const { table, itemIn } = await openTable([
      liveItem('1', tombstone),
      liveItem('4', { ...tombstone, _mergedInto: '9' }),
      liveItem('5', { _mergedInto: '2' }),
    ]);

    await table.renameSurvivors(['1', '4', '5', 'absent'].map((id) => ({ id, from: '2', to: '3' })));

    expect(await itemIn('1')).toEqual(liveItem('1', { ...tombstone, _mergedInto: '3', _run: 'run-1' }));
    expect(await itemIn('4')).toMatchObject({ _mergedInto: '9', _run: 'run-0' });
    expect(await itemIn('5')).toMatchObject({ _mergedInto: '2', _run: 'run-0' });
    expect(await itemIn('absent')).toBeUndefined();
  });
});

/** Refuses a third of the items twice, because the SDK repeats the first call. */
function refuseTwice({ action, items }: ProxiedCall, refusals: Map<string, number>): Fault | undefined {
  const id = String(items[0]?._id?.S);
  const times = refusals.get(id) ?? 0;
  if (action !== 'UpdateItem' || Number(id) % 3 !== 0 || times === 2) return undefined;
  refusals.set(id, times + 1);
  return { refuse: 'ProvisionedThroughputExceededException' };
}

function preparedOf(object: JsonObject): Prepared {
  const prepared = prepare(object, streamOf(), { page: 1, index: 0 });
  if (isReject(prepared)) throw new Error(prepared.reason);
  return prepared;
}

async function putItems(client: DynamoDBClient, TableName: string, items: readonly object[]): Promise<void> {
  for (const item of items) await client.send(new PutItemCommand({ TableName, Item: marshall(item) }));
}
