import { expect, test } from '@jest/globals';
import { createLedger, type Ledger, type LedgerFilter } from '../../../../lambda/aws/state/ledger.ts';
import { createStateTable, type StateTable } from '../../../../lambda/aws/state/state-table.ts';
import type { LedgerEntry } from '../../../../lambda/core/push/ledger-entry.ts';
import { type DynamoDbServer, describeDynamoDbs } from '../../../support/dynamodb-servers.ts';
import { closeAfterTest } from '../../../support/embedded-aws.ts';
import { startFaultProxy } from '../../../support/fault-proxy.ts';

const HOUR_MS = 60 * 60 * 1000;
const NOON_MS = Date.parse('2026-11-24T12:00:00Z');

/** An entry of version 1, unless `version` is given. */
function entryOf(changeId: string, overrides: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    changeId,
    version: 1,
    outcome: 'queued',
    queuedAt: '2026-11-24T12:00:00.000Z',
    changedAt: '2026-11-24T12:00:00.000Z',
    attempt: 0,
    mayBeApplied: false,
    lostReplies: 0,
    failedChecks: 0,
    errors: [],
    ids: {},
    attempts: [],
    operation: 'register',
    subject: 'relation/99',
    parameters: { relation: '99' },
    contentHash: '0123456789abcdef0123456789abcdef',
    bodyFields: ['first_name', ''],
    body: '{"first_name":"Ada","":9007199254740993}',
    ...overrides,
  };
}

/** An entry that was queued that many hours after noon. */
function queuedAfter(hours: number, changeId: string, overrides: Partial<LedgerEntry> = {}): LedgerEntry {
  return entryOf(changeId, { queuedAt: new Date(NOON_MS + hours * HOUR_MS).toISOString(), ...overrides });
}

async function openLedger(server: DynamoDbServer) {
  const { stateName } = await server.freshTables();
  const state = createStateTable(server.client(), stateName);
  return { ledger: createLedger(state), state };
}

async function listIds(ledger: Ledger, filter?: LedgerFilter): Promise<string[][]> {
  const pages: string[][] = [];
  for await (const page of ledger.list(filter)) pages.push(page.map(({ changeId }) => changeId));
  return pages;
}

describeDynamoDbs('the ledger', (server) => {
  test('read() returns the entry that was written, and undefined for an unknown change', async () => {
    const { ledger } = await openLedger(server);
    const entry = entryOf('a', {
      outcome: 'waiting',
      notBefore: NOON_MS + 0.5,
      status: 429,
      reason: 'Procurios answered 429',
      attempt: 1,
      attempts: [{ attempt: 1, at: '2026-11-24T12:00:00.000Z', result: 'waiting, status 429' }],
      ids: { relationId: '99' },
    });

    const isWritten = await ledger.write(entry);

    expect(isWritten).toBe(true);
    expect(await ledger.read('a')).toEqual(entry);
    expect(await ledger.read('b')).toBeUndefined();
  });

  test('read() counts no lost replies in an entry of an earlier version, which lacks the field', async () => {
    const { ledger, state } = await openLedger(server);
    const { lostReplies: _lostReplies, ...earlier } = entryOf('a', { outcome: 'sending', attempt: 1 });
    await state.put({ ...earlier, pk: 'change#a', sk: 'ledger', _write: 'x' });

    expect(await ledger.read('a')).toMatchObject({ outcome: 'sending', lostReplies: 0 });
  });

  test('an entry is stored under its change id with the attributes of the index', async () => {
    const { ledger, state } = await openLedger(server);

    await ledger.write(entryOf('a'));

    const row = await state.get({ pk: 'change#a', sk: 'ledger' });
    expect(row).toMatchObject({ outcome: 'queued', queuedAt: '2026-11-24T12:00:00.000Z', version: 1 });
  });

  test('write() takes only the version after the one in the ledger', async () => {
    const { ledger } = await openLedger(server);
    await ledger.write(entryOf('a'));
    await ledger.write(entryOf('a', { version: 2, outcome: 'sending' }));

    const again = await ledger.write(entryOf('a', { outcome: 'rejected' }));
    const stale = await ledger.write(entryOf('a', { version: 2, outcome: 'rejected' }));
    const skipping = await ledger.write(entryOf('a', { version: 4, outcome: 'rejected' }));
    const ofNone = await ledger.write(entryOf('b', { version: 2 }));

    expect([again, stale, skipping, ofNone]).toEqual([false, false, false, false]);
    expect(await ledger.read('a')).toMatchObject({ version: 2, outcome: 'sending' });
    expect(await ledger.read('b')).toBeUndefined();
  });

  test.each([1, 2])('write() takes one of twenty equal writes of version %i', async (version) => {
    const { ledger } = await openLedger(server);
    if (version === 2) await ledger.write(entryOf('a'));
    const entry = entryOf('a', { version, outcome: 'sending', until: NOON_MS });

    const writes = await Promise.all(Array.from({ length: 20 }, () => ledger.write(entry)));

    expect(writes.filter(Boolean)).toHaveLength(1);
    expect(await ledger.read('a')).toEqual(entry);
  });

  test('concurrent reads and writes of different entries are not mixed up', async () => {
    const { ledger } = await openLedger(server);
    const entries = Array.from({ length: 30 }, (_, index) =>
      entryOf(`c${index}`, { reason: `no. ${index}` }),
    );

    const writes = await Promise.all(entries.map((entry) => ledger.write(entry)));
    const reads = await Promise.all(entries.map(({ changeId }) => ledger.read(changeId)));

    expect(writes).toEqual(entries.map(() => true));
    expect(reads).toEqual(entries);
  });

  test('write() recognizes its own entry after the answer was lost', async () => {
    const { stateName } = await server.freshTables();
    const proxy = closeAfterTest(await startFaultProxy(server.url));
    proxy.onCall(({ action, ordinal }) => (action === 'PutItem' && ordinal === 1 ? 'loseReply' : undefined));
    const ledger = createLedger(createStateTable(server.client(proxy.url, 2), stateName));

    const isWritten = await ledger.write(entryOf('a'));

    expect(isWritten).toBe(true);
    expect(proxy.calls()).toEqual({ PutItem: 2, GetItem: 1 });
  });

  test('write() replaces lone surrogates and keeps the rest', async () => {
    const { ledger } = await openLedger(server);

    await ledger.write(entryOf('a', { errors: ['no such field: \ud800'], reason: '' }));

    expect(await ledger.read('a')).toEqual(entryOf('a', { errors: ['no such field: \ufffd'], reason: '' }));
  });

  test('list() returns the entries of an outcome, the last queued first, without their bodies', async () => {
    const { ledger } = await openLedger(server);
    await ledger.write(queuedAfter(1, 'early'));
    await ledger.write(queuedAfter(3, 'late'));
    await ledger.write(queuedAfter(2, 'other', { outcome: 'unknown' }));
    await ledger.write(queuedAfter(4, 'gone on'));
    await ledger.write(queuedAfter(4, 'gone on', { version: 2, outcome: 'accepted' }));

    const { value: page } = await ledger.list({ outcome: 'queued' }).next();

    const { body: _body, ...late } = queuedAfter(3, 'late');
    expect(page).toEqual([late, expect.objectContaining({ changeId: 'early' })]);
  });

  test('list() returns the entries of all outcomes in one order', async () => {
    const { ledger } = await openLedger(server);
    const outcomes = ['queued', 'sending', 'waiting', 'accepted', 'rejected', 'unknown'] as const;
    for (const [hour, outcome] of [...outcomes, ...outcomes].entries()) {
      await ledger.write(queuedAfter(hour, `${hour} ${outcome}`, { outcome }));
    }

    const pages = await listIds(ledger);

    expect(pages).toEqual([
      [...outcomes, ...outcomes].map((outcome, hour) => `${hour} ${outcome}`).reverse(),
    ]);
  });

  test('list() returns entries from a time on, up to a limit', async () => {
    const { ledger } = await openLedger(server);
    for (let hour = 0; hour < 6; hour += 1) {
      await ledger.write(queuedAfter(hour, `${hour}`, { outcome: hour % 2 === 0 ? 'accepted' : 'rejected' }));
    }

    const since = await listIds(ledger, { sinceMs: NOON_MS + 3 * HOUR_MS });
    const few = await listIds(ledger, { limit: 2 });
    const fewRejected = await listIds(ledger, { outcome: 'rejected', sinceMs: NOON_MS, limit: 2 });
    const none = await listIds(ledger, { outcome: 'unknown' });

    expect(since).toEqual([['5', '4', '3']]);
    expect(few).toEqual([['5', '4']]);
    expect(fewRejected).toEqual([['5', '3']]);
    expect(none).toEqual([]);
  });

  test('list() returns pages, also of entries that were queued at the same time', async () => {
    const { ledger } = await openLedger(server);
    const ids = Array.from({ length: 130 }, (_, index) => `change-${index}`);
    await Promise.all(
      ids.map((id, index) =>
        ledger.write(entryOf(id, { outcome: index % 13 === 0 ? 'unknown' : 'accepted' })),
      ),
    );

    const pages = await listIds(ledger);

    expect(pages.map(({ length }) => length)).toEqual([100, 30]);
    expect(pages.flat().sort()).toEqual([...ids].sort());
  });

  test('list() returns an entry once if its outcome changes meanwhile', async () => {
    const { ledger, state } = await openLedger(server);
    await ledger.write(entryOf('a'));
    const listed = Promise.withResolvers<void>();
    const query: StateTable['query'] = async function* (query) {
      const { ':outcome': outcome } = query.values;
      if (outcome === 'accepted') {
        await listed.promise;
        await ledger.write(entryOf('a', { version: 2, outcome: 'accepted' }));
      }
      for await (const page of state.query(query)) {
        if (outcome === 'queued') listed.resolve();
        yield page;
      }
    };
    const slow = createLedger({ ...state, query });

    const pages = await listIds(slow);

    expect(pages).toEqual([['a']]);
  });

  test('without its table every call fails with STORE_MISSING', async () => {
    const ledger = createLedger(createStateTable(server.client(), 'procurios-sync-acme-state'));

    await expect(ledger.read('a')).rejects.toMatchObject({ code: 'STORE_MISSING' });
    await expect(ledger.write(entryOf('a'))).rejects.toMatchObject({ code: 'STORE_MISSING' });
    await expect(ledger.list().next()).rejects.toMatchObject({ code: 'STORE_MISSING' });
  });
});
