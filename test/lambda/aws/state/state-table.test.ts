import { expect, test } from '@jest/globals';
import type { Row } from '../../../../lambda/aws/state/state-table.ts';
import { describeDynamoDbs } from '../../../support/dynamodb-servers.ts';
import { openState } from './setup.ts';

const KEY = { pk: 'walk#things', sk: 'position' };
const rowAt = (sk: string, more: object = {}) => ({ pk: 'walk#things', sk, ...more });

describeDynamoDbs('the state table', (server) => {
  test('get() returns the row that put() stored: JSON, bytes, and no field that is undefined', async () => {
    const state = await openState(server);
    const fields = {
      text: '\u{1f600}',
      empty: '',
      number: -0.5,
      large: 9_007_199_254_740_991,
      flag: false,
      none: null,
      list: [1, 'a', { b: [] }],
      map: { 'with space': { until: 1 } },
    };

    await state.put({ ...KEY, ...fields, absent: undefined, nested: { absent: undefined } });
    const row = await state.get(KEY);

    expect(row).toEqual({ ...KEY, ...fields, nested: {} });
    expect(row).not.toHaveProperty('absent');
  });

  test('bytes are stored as bytes', async () => {
    const state = await openState(server);
    const keys = Uint8Array.from({ length: 1000 }, (_, index) => index % 256);

    await state.put({ ...KEY, keys });

    expect(new Uint8Array((await state.get(KEY))?.keys as Uint8Array)).toEqual(keys);
  });

  test('get() returns undefined for a row that does not exist', async () => {
    expect(await (await openState(server)).get(KEY)).toBeUndefined();
  });

  test('put() returns false and writes nothing if its condition is not met', async () => {
    const state = await openState(server);
    const isFirst = { condition: 'attribute_not_exists(#pk)' };

    const first = await state.put({ ...KEY, value: 1 }, isFirst);
    const second = await state.put({ ...KEY, value: 2 }, isFirst);

    expect([first, second]).toEqual([true, false]);
    expect(await state.get(KEY)).toMatchObject({ value: 1 });
  });

  test('update() returns the row as it is then, also for attributes with reserved names', async () => {
    const state = await openState(server);
    await state.put({ ...KEY, until: 1, key: 'old' });

    const update = { update: 'SET #until = #until + :one REMOVE #key', values: { ':one': 1 } };

    expect(await state.update(KEY, update)).toEqual({ ...KEY, until: 2 });
  });

  test('update() returns undefined if its condition is not met', async () => {
    const state = await openState(server);
    await state.put({ ...KEY, until: 1 });

    const values = { ':two': 2 };
    const updated = await state.update(KEY, {
      update: 'SET #until = :two',
      condition: '#until = :two',
      values,
    });

    expect(updated).toBeUndefined();
    expect(await state.get(KEY)).toMatchObject({ until: 1 });
  });

  test('query() returns page after page in either order, and count() the number of rows up to a limit', async () => {
    const state = await openState(server);
    await state.writeBatch(['1', '2', '3'].map((sk) => ({ put: rowAt(sk, { value: `no. ${sk}` }) })));
    const query = { keys: '#pk = :pk', values: { ':pk': KEY.pk }, attributes: ['sk'], pageSize: 2 };

    const pages: (readonly Row[])[] = [];
    for await (const page of state.query({ ...query, isDescending: true })) pages.push(page);

    expect(pages.filter(({ length }) => length > 0)).toEqual([[{ sk: '3' }, { sk: '2' }], [{ sk: '1' }]]);
    const { attributes: _, ...rows } = query;
    expect([await state.count(rows, 9), await state.count(rows, 2)]).toEqual([3, 2]);
    expect(await state.count({ ...rows, filter: 'attribute_exists(#other)' }, 9)).toBe(0);
  });

  test('writeBatch() stores and deletes rows', async () => {
    const state = await openState(server);
    await state.put(rowAt('1'));

    const left = await state.writeBatch([{ delete: rowAt('1') }, { put: rowAt('2') }]);

    expect(left).toEqual([]);
    expect([await state.get(rowAt('1')), await state.get(rowAt('2'))]).toEqual([undefined, rowAt('2')]);
  });

  test('underLease() makes every call fail once the lease does not allow writing', async () => {
    const state = await openState(server);
    const guard = () => {
      throw new Error('the lease has run out');
    };
    const held = state.underLease({ guard });

    await expect(held.put(rowAt('1'))).rejects.toThrow('the lease has run out');
    await expect(held.get(KEY)).rejects.toThrow('the lease has run out');
    expect(await state.get(rowAt('1'))).toBeUndefined();
  });
});
