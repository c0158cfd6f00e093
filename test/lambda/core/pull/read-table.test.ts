import { describe, expect, test } from '@jest/globals';
import { SyncError } from '../../../../lambda/core/errors.ts';
import { plainEngine } from '../../../../lambda/core/pull/engine.ts';
import { prepare } from '../../../../lambda/core/pull/prepare.ts';
import { readBackReason } from '../../../../lambda/core/pull/read-back.ts';
import { readTable } from '../../../../lambda/core/pull/read-table.ts';
import { pullStreams } from '../../../../lambda/core/pull/run.ts';
import type { StreamState } from '../../../../lambda/core/pull/stream-state.ts';
import { beginWalk } from '../../../../lambda/core/pull/walk.ts';
import { MemoryTable, MemoryWalks, runOf, runPorts } from '../../../support/memory-ports.ts';
import { streamOf } from '../../../support/streams.ts';

const THINGS = streamOf();
const NEVER = new AbortController().signal;
const thing = (id: number, text = 'a') => ({ id, text });
const things = (first: number, last: number, text?: string) =>
  Array.from({ length: last - first + 1 }, (_, index) => thing(first + index, text));

/** A table that holds these objects. */
function tableOf(objects: readonly { id: number; text: string }[]): MemoryTable {
  const table = new MemoryTable();
  for (const object of objects) {
    const prepared = prepare(object, THINGS, { page: 1, index: 0 });
    if ('reason' in prepared) throw new Error(prepared.reason);
    table.items.set(prepared.id, prepared);
  }
  return table;
}

const walkOf = () => beginWalk(THINGS, { walkId: 'w1', startedAt: '2026-11-24T03:00:00.000Z' }, {});

async function pull({ ports }: ReturnType<typeof runPorts>) {
  const engine = plainEngine(ports.clock, NEVER);
  const { things: receipt } = await pullStreams(runOf('r1'), [THINGS], ports, engine);
  return receipt;
}

describe('how a walk learns what the table has', () => {
  test.each([
    [{}, undefined],
    [{ listed: 10, inTable: 10 }, undefined],
    [{ listed: 10, inTable: 9_000_000, countedAt: undefined }, undefined],
    [{ listed: 10, inTable: 9_000_000, countedAt: '2026-10-25T03:00:00.000Z' }, undefined],
    [{ listed: 10, inTable: 9_000_000, countedAt: '2026-10-26T03:00:00.000Z' }, 'table too large'],
    [{ listed: 0, inTable: 100_000 }, undefined],
    [{ listed: 10, inTable: 100_001 }, 'table far larger than its listing'],
    [{ listed: 400_000, inTable: 8_000_000 }, undefined],
    [{ listed: 399_999, inTable: 8_000_000 }, 'table far larger than its listing'],
    [{ inTable: 8_000_000 }, undefined],
    [{ listed: 8_000_001, inTable: 8_000_001 }, 'table too large'],
  ])('after walks that left %j: %s', (state, reason) => {
    const counted = { countedAt: '2026-11-24T03:00:00.000Z', ...state } as StreamState;
    expect(readBackReason(counted, Date.parse('2026-11-25T02:00:00.000Z'), false)).toBe(reason);
  });

  test('where absences are counted, a table is scanned however short its listing is', () => {
    const state = { countedAt: '2026-11-24T03:00:00.000Z', listed: 9_000, inTable: 200_000 };
    const nowMs = Date.parse('2026-11-25T02:00:00.000Z');

    expect(readBackReason(state, nowMs, true)).toBeUndefined();
    expect(readBackReason({ ...state, inTable: 8_000_001 }, nowMs, true)).toBe('table too large');
  });

  test('a table with too many items is left, and what the walk saw stays', async () => {
    const walk = walkOf();
    walk.table.see('3');

    await readTable(walk, tableOf(things(1, 11)), NEVER, 10);

    expect(walk).toMatchObject({
      readBack: 'table too large',
      metItems: 11,
      table: { isWhole: false, size: 1 },
    });
    expect([walk.table.hasSeen('3'), walk.table.hasItem('3')]).toEqual([true, false]);
  });

  test('a table is scanned once, with every earlier write if the walk goes on', async () => {
    const walk = walkOf();
    const scans: boolean[] = [];
    const table = {
      scan: async (isConsistent: boolean) => {
        scans.push(isConsistent);
        return true;
      },
    };

    await readTable(walk, table, NEVER);
    await readTable(walk, table, NEVER);
    await readTable({ ...walkOf(), slices: 3 }, table, NEVER);

    expect(scans).toEqual([false, true]);
  });
});

describe('a walk that reads items back', () => {
  const walksOf = (state: object) => Object.assign(new MemoryWalks(), { state });
  const LARGE = { listed: 10, inTable: 200_000, countedAt: '2026-11-20T03:00:00.000Z' };

  test('writes what differs, and says why in its receipt', async () => {
    const table = tableOf([...things(1, 250), ...things(900, 950)]);
    const walks = walksOf(LARGE);
    const listing = [things(1, 120), [...things(121, 249), thing(250, 'b'), thing(251)]];

    const receipt = await pull(runPorts(listing, { table, walks }));

    expect(receipt).toMatchObject({
      status: 'complete',
      fetched: 251,
      written: 2,
      unchanged: 249,
      readBack: 'table far larger than its listing',
    });
    expect(table.writes).toEqual([['250', '251']]);
    expect([table.scans, table.reads]).toEqual([0, [100, 20, 100, 31]]);
    expect(walks.inTable).toBeUndefined();
  });

  test('compares a repeated object with what it wrote before', async () => {
    const table = tableOf(things(1, 3));
    const listing = [things(1, 3, 'b'), [thing(1, 'b'), thing(2, 'a'), thing(4)]];

    const receipt = await pull(runPorts(listing, { table, walks: walksOf(LARGE) }));

    expect(receipt).toMatchObject({ status: 'complete', written: 4, repeated: 2 });
    expect(table.writes).toEqual([['1', '2', '3', '4'], ['2']]);
    expect(table.items.get('2')?.object).toEqual(thing(2, 'a'));
  });
});

describe('a scan that fails or is stopped', () => {
  test('fails the stream, and nothing is written', async () => {
    const table = tableOf(things(1, 3));
    table.scan = async () => {
      throw new SyncError('STORE_UNAVAILABLE', 'table things is still throttled after 12 attempts');
    };

    const receipt = await pull(runPorts([things(1, 5)], { table }));

    expect(receipt).toMatchObject({ status: 'failed', fetched: 0, error: { code: 'STORE_UNAVAILABLE' } });
    expect(table.writes).toEqual([]);
  });

  test('is left when the pull is stopped, which takes no page in', async () => {
    const table = tableOf([]);
    const stop = new AbortController();
    table.scan = (_isConsistent, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
        setImmediate(() => stop.abort(new Error('stop')));
      });

    const receipt = await pull(runPorts([things(1, 5)], { table, signal: stop.signal }));

    expect(receipt).toMatchObject({ status: 'incomplete', fetched: 0, error: { code: 'INTERRUPTED' } });
    expect(table.writes).toEqual([]);
  });
});
