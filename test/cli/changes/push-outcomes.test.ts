import { expect, test } from '@jest/globals';
import { exitCodeOf } from '../../../cli/changes/texts.ts';
import type { Change } from '../../../lambda/core/push/change.ts';
import type { LedgerEntry } from '../../../lambda/core/push/ledger-entry.ts';
import { newEntry, rejectMessage } from '../../../lambda/core/push/transitions.ts';
import { awaitOutcomes } from '../../../operator/changes/await-outcomes.ts';
import type { OutcomeSoFar } from '../../../operator/changes/queued-change.ts';

const NEVER = new AbortController().signal;

function changeOf(changeId: string): Change {
  return { changeId, operation: 'register', subject: 's', parameters: {}, body: {} };
}

function queuedOf(changeId: string) {
  return { change: changeOf(changeId), messageId: `message-${changeId}` };
}

function entryOf(changeId: string, overrides: Partial<LedgerEntry>): LedgerEntry {
  const change = changeOf(changeId);
  return { ...newEntry(change, Date.now()), ...overrides };
}

/** A ledger that says the next thing at each look. */
function ledgerOf(answers: Readonly<Record<string, readonly (LedgerEntry | undefined)[]>>) {
  const looks = new Map<string, number>();
  return {
    looks,
    async read(changeId: string) {
      const look = looks.get(changeId) ?? 0;
      looks.set(changeId, look + 1);
      const said = answers[changeId] ?? [];
      return said[Math.min(look, said.length - 1)];
    },
  };
}

test('push waits until no change proceeds by itself any more', async () => {
  const ledger = ledgerOf({
    good: [
      undefined,
      entryOf('good', { outcome: 'sending' }),
      entryOf('good', { outcome: 'accepted', status: 200 }),
    ],
    slow: [
      entryOf('slow', { outcome: 'waiting', notBefore: 1 }),
      entryOf('slow', { outcome: 'waiting', notBefore: 1 }),
      entryOf('slow', { outcome: 'waiting', notBefore: 1 }),
      entryOf('slow', { outcome: 'waiting', reason: 'it waited 13 days' }),
    ],
    lost: [entryOf('lost', { outcome: 'unknown' })],
  });
  const looks: number[] = [];

  const fates = await awaitOutcomes(['good', 'slow', 'lost'].map(queuedOf), {
    ledger,
    signal: NEVER,
    pauseMs: 1,
    onLook: (known) => looks.push([...known.values()].filter(({ isFinal }) => isFinal).length),
  });

  expect(Object.fromEntries(fates)).toEqual({
    good: { outcome: 'accepted', isFinal: true, isHeld: false, status: 200 },
    slow: { outcome: 'waiting', isFinal: true, isHeld: true, reason: 'it waited 13 days' },
    lost: { outcome: 'unknown', isFinal: true, isHeld: true },
  });
  expect(looks).toEqual([1, 1, 2, 3]);
  expect(Object.fromEntries(ledger.looks)).toEqual({ good: 3, 'message-good': 1, slow: 4, lost: 1 });
});

test('push reports a change as rejected if the ledger has another change under its id', async () => {
  const ledger = ledgerOf({ c1: [entryOf('c1', { outcome: 'accepted', contentHash: 'another' })] });

  const fates = await awaitOutcomes([queuedOf('c1')], { ledger, signal: NEVER, pauseMs: 1, onLook() {} });

  expect(fates.get('c1')).toMatchObject({
    outcome: 'rejected',
    reason: expect.stringMatching(/another change/),
  });
});

test('push stops waiting for a message that the sender refuses', async () => {
  const errors = ['operation: expected one of addAction'];
  const message = { messageId: 'message-c1', text: '{}', changeId: 'c1', subject: 's', errors };
  const refused = rejectMessage(message, 0, { retentionDays: 30 });
  const ledger = ledgerOf({ 'message-c1': [undefined, refused] });

  const fates = await awaitOutcomes([queuedOf('c1')], { ledger, signal: NEVER, pauseMs: 1, onLook() {} });

  expect(fates.get('c1')).toEqual({
    outcome: 'rejected',
    isFinal: true,
    isHeld: false,
    reason: 'operation: expected one of addAction; its entry is message-c1',
  });
});

test('push reaches a change behind a hundred that do not proceed', async () => {
  const stuck = Array.from({ length: 100 }, (_, index) => queuedOf(`stuck-${index}`));
  const ledger = ledgerOf({ c1: [entryOf('c1', { outcome: 'accepted' })] });
  const stop = new AbortController();

  const fates = await awaitOutcomes([...stuck, queuedOf('c1')], {
    ledger,
    signal: stop.signal,
    pauseMs: 1,
    onLook: (known) => {
      if (known.get('c1')?.isFinal) stop.abort();
    },
  });

  expect(fates.get('c1')?.outcome).toBe('accepted');
  expect(fates.get('stuck-0')?.outcome).toBe('queued');
});

const accepted: OutcomeSoFar = { outcome: 'accepted', isFinal: true, isHeld: false };
const queued: OutcomeSoFar = { outcome: 'queued', isFinal: false, isHeld: false };
const unknown: OutcomeSoFar = { outcome: 'unknown', isFinal: true, isHeld: true };

test.each([
  ['all are accepted', true, [accepted, accepted], NEVER, 0],
  ['nobody waited', true, undefined, NEVER, 0],
  ['one is unknown', true, [accepted, unknown], NEVER, 1],
  ['one could not be queued', false, undefined, NEVER, 1],
  ['Ctrl-C came before the last was queued', false, undefined, AbortSignal.abort(), 130],
  ['Ctrl-C came before the last outcome', true, [accepted, queued], AbortSignal.abort(), 130],
  ['Ctrl-C came after the last outcome', true, [accepted], AbortSignal.abort(), 0],
])('push has the exit code of its outcomes where %s', (_when, isWhole, fates, signal, code) => {
  const known = fates && new Map(fates.map((fate, index) => [String(index), fate]));

  expect(exitCodeOf(isWhole, known, signal)).toBe(code);
});
