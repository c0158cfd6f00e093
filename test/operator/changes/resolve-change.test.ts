import { describe, expect, test } from '@jest/globals';
import { contentHashOf, parseChange } from '../../../lambda/core/push/change.ts';
import { isHeld, isInProgress, type LedgerEntry } from '../../../lambda/core/push/ledger-entry.ts';
import { newEntry, rejectMessage, settle } from '../../../lambda/core/push/transitions.ts';
import {
  type Resend,
  resendChange,
  riskOfResending,
  settleChange,
} from '../../../operator/changes/resolve-change.ts';
import { operationOf, PushWorld } from '../../support/push-world.ts';

const NOW = Date.parse('2026-11-24T04:00:00Z');
const clock = { now: () => NOW, sleep: async () => {} };
const operations = { register: operationOf() };

const TEXT =
  '{"changeId":"c1","operation":"register","subject":"relation/1","parameters":{},"body":{"total":9007199254740993}}';

function entryOf(overrides: Partial<LedgerEntry> = {}, text = TEXT): LedgerEntry {
  const checked = parseChange(text, operations);
  if ('problems' in checked) throw new Error('the test queues no change');
  const { change } = checked;
  const entry = newEntry(change, NOW - 20 * 24 * 60 * 60 * 1000);
  return { ...entry, version: 5, ...overrides };
}

const unknown = entryOf({
  outcome: 'unknown',
  attempt: 1,
  mayBeApplied: true,
  reason: 'no reply',
  status: 500,
});
const rejected = entryOf({ outcome: 'rejected', attempt: 1, status: 400, errors: ['Unknown theme'] });
const held = entryOf({ outcome: 'waiting', attempt: 9, reason: 'it waited 13 days' });
const accepted = entryOf({ outcome: 'accepted', attempt: 1, status: 200 });
const noChange = rejectMessage(
  { messageId: 'm1', text: 'x', changeId: undefined, subject: 's', errors: ['the message: expected JSON'] },
  NOW,
  { retentionDays: 30 },
);
const inProgress = [
  entryOf({ outcome: 'sending', until: NOW - 1 }),
  entryOf({ outcome: 'waiting', notBefore: NOW - 1 }),
];

test('isHeld() is true for unknown changes and for those that wait without a time', () => {
  expect([unknown, held].map(isHeld)).toEqual([true, true]);
  expect([rejected, accepted, ...inProgress].map(isHeld)).toEqual([false, false, false, false]);
  expect([unknown, held, rejected, accepted, ...inProgress, entryOf()].map(isInProgress)).toEqual([
    ...[false, false, false, false],
    ...[true, true, true],
  ]);
});

describe('resendChange()', () => {
  test.each([
    ['unknown', unknown],
    ['rejected', rejected],
    ['held', held],
    ['queued, whose message may be lost', entryOf()],
  ])('resendChange() queues a change that is %s, with every digit of its body', (_outcome, entry) => {
    const resend = resendChange(entry, operations, clock) as Resend;

    expect(resend).toMatchObject({ change: { subject: 'relation/1' }, text: TEXT });
    expect(resend.entry).toMatchObject({ outcome: 'queued', version: 6, attempt: entry.attempt });
    expect(contentHashOf(resend.change)).toBe(entry.contentHash);
  });

  test('resendChange() keeps in the entry that the change may have been applied', () => {
    const { entry } = resendChange(unknown, operations, clock) as Resend;

    expect(entry.mayBeApplied).toBe(true);
    expect(entry).not.toHaveProperty('status');
  });

  test('resendChange() starts the wait again, so that a change held for waiting too long is sent', async () => {
    const world = new PushWorld(operations);
    const resend = resendChange(held, operations, clock) as Resend;
    world.ledger.set('c1', resend.entry);
    world.answer = (_id, attempt) =>
      attempt === 1
        ? { kind: 'notSent', reason: 'no access' }
        : { kind: 'answered', status: 200, errors: [], ids: {}, isHtml: false };
    world.queue({ changeId: 'c1', subject: resend.change.subject }, resend.text);

    await world.drain();

    expect(world.applied).toEqual(['c1']);
  });

  test('resendChange() queues a change without a body without one', () => {
    const { body: _body, ...deletion } = entryOf({ outcome: 'rejected', operation: 'remove' });
    const known = { remove: operationOf({ name: 'remove', method: 'DELETE', repeatable: true }) };

    const { text } = resendChange(deletion, known, clock) as Resend;

    expect(JSON.parse(text)).not.toHaveProperty('body');
  });

  test.each([
    ['was accepted', accepted, /^was accepted/],
    ['is being sent', inProgress[0] as LedgerEntry, /^is in progress \(sending\)/],
    ['waits for its time', inProgress[1] as LedgerEntry, /^is in progress \(waiting\)/],
    ['never was a change', noChange, /^never was a change/],
    [
      'was settled',
      settle(rejected, { outcome: 'rejected', note: 'seen in Procurios', retentionDays: 30 }, NOW),
      /^was settled/,
    ],
    [
      'has an operation that is no longer configured',
      entryOf({ outcome: 'rejected', operation: 'gone' }),
      /^no longer fits the config \(operation: expected one of register\)/,
    ],
  ])('resendChange() refuses a change that %s', (_why, entry, refusal) => {
    expect(resendChange(entry, operations, clock)).toEqual({ refusal: expect.stringMatching(refusal) });
  });

  test('resending a change has a risk if the change may have been applied and its operation is not repeatable', () => {
    expect(riskOfResending(unknown, operations)).toMatch(/^may have been applied already/);
    expect(riskOfResending(rejected, operations)).toBeUndefined();
    expect(riskOfResending(unknown, { register: operationOf({ repeatable: true }) })).toBeUndefined();
  });
});

describe('a change whose message is lost', () => {
  const longAgo = NOW - 2 * 60 * 60 * 1000;
  const lost = [
    entryOf({ outcome: 'waiting', notBefore: longAgo }),
    entryOf({ outcome: 'sending', until: longAgo, attempt: 1, mayBeApplied: true }),
    entryOf({ outcome: 'sending', until: NOW + 365 * 24 * 60 * 60 * 1000, attempt: 1, mayBeApplied: true }),
  ];

  test.each(lost)('can be resent and settled: $outcome', (entry) => {
    expect(resendChange(entry, operations, clock)).toMatchObject({
      entry: { outcome: 'queued', lostReplies: 0 },
    });
    expect(settleChange(entry, { outcome: 'rejected', note: 'x', retentionDays: 30 }, clock)).toMatchObject({
      entry: { outcome: 'rejected' },
    });
  });
});

describe('settleChange()', () => {
  test.each([
    ['unknown', unknown],
    ['rejected', rejected],
    ['held', held],
    ['no change', noChange],
    ['waiting for its time', inProgress[1] as LedgerEntry],
    ['queued', entryOf()],
  ])(
    'drops the body and the vendor texts of a change that is %s, and lets the entry expire',
    (_outcome, entry) => {
      const settlement = { outcome: 'accepted', note: 'seen in Procurios', retentionDays: 30 } as const;

      const settled = settleChange(entry, settlement, clock);

      expect(settled).toMatchObject({
        entry: {
          outcome: 'accepted',
          note: 'seen in Procurios',
          version: entry.version + 1,
          errors: [],
          attempts: entry.attempts,
          changedAt: '2026-11-24T04:00:00.000Z',
          _expiresAt: NOW / 1000 + 30 * 24 * 60 * 60,
        },
      });
      expect(settled).not.toHaveProperty('entry.body');
    },
  );

  test('settleChange() keeps the reason and the status', () => {
    const settled = settleChange(
      unknown,
      { outcome: 'rejected', note: 'not there', retentionDays: 30 },
      clock,
    );

    expect(settled).toMatchObject({ entry: { outcome: 'rejected', reason: 'no reply', status: 500 } });
  });

  test('settleChange() keeps both notes of a change that is settled twice', () => {
    const settlement = { outcome: 'accepted', note: 'seen after all', retentionDays: 30 } as const;
    const wrongly = settle(rejected, { outcome: 'rejected', note: 'not there', retentionDays: 30 }, NOW);

    const settled = settleChange(wrongly, settlement, clock);
    const again = settleChange((settled as { entry: LedgerEntry }).entry, settlement, clock);

    const note = 'seen after all (rejected before, 2026-11-24T04:00:00.000Z: not there)';
    expect(settled).toMatchObject({ entry: { outcome: 'accepted', note } });
    expect(again).toMatchObject({ entry: { note: expect.stringContaining(`: ${note})`) } });
  });

  test.each([
    ['was accepted', accepted, /^was accepted/],
    ['is being sent', inProgress[0] as LedgerEntry, /^is being sent/],
  ])('settleChange() refuses a change that %s', (_why, entry, refusal) => {
    const settled = settleChange(entry, { outcome: 'rejected', note: 'x', retentionDays: 30 }, clock);

    expect(settled).toEqual({ refusal: expect.stringMatching(refusal) });
  });
});
