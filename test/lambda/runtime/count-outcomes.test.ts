import { expect, test } from '@jest/globals';
import type { LedgerEntry } from '../../../lambda/core/push/ledger-entry.ts';
import { rejectMessage } from '../../../lambda/core/push/transitions.ts';
import { countOutcomes } from '../../../lambda/runtime/metrics.ts';

const NO_CHANGE = rejectMessage({ messageId: 'm', text: '', changeId: undefined, errors: [] }, 0, {
  retentionDays: 30,
});

function entryOf(overrides: Partial<LedgerEntry>): LedgerEntry {
  return { ...NO_CHANGE, operation: 'register', ...overrides };
}

test.each<[string, Partial<LedgerEntry>, object]>([
  ['is accepted', { outcome: 'accepted' }, { changesAccepted: 1, accessRefused: 0 }],
  ['is rejected', { outcome: 'rejected' }, { changesRejected: 1, accessRefused: 0 }],
  ['is unknown', { outcome: 'unknown' }, { changesUnknown: 1, accessRefused: 0 }],
  ['waits too long', { outcome: 'waiting' }, { changesHeld: 1, accessRefused: 0 }],
  [
    'is throttled',
    { outcome: 'waiting', notBefore: 1, code: 'THROTTLED' },
    { changesWaiting: 1, throttled: 1, accessRefused: 0 },
  ],
  [
    'meets refused credentials',
    { outcome: 'waiting', notBefore: 1, code: 'CREDENTIALS_REFUSED' },
    { changesWaiting: 1, accessRefused: 1 },
  ],
  [
    'meets that a user has to log in',
    { outcome: 'waiting', notBefore: 1, code: 'CONSENT_NEEDED' },
    { changesWaiting: 1, accessRefused: 1 },
  ],
])('counts a change that %s', (_what, entry, counts) => {
  expect(countOutcomes([entryOf(entry)])).toEqual(counts);
});

test('counts what is no change as a message, and nothing where nothing came to an end', () => {
  expect(countOutcomes([NO_CHANGE, NO_CHANGE])).toEqual({ messagesRejected: 2, accessRefused: 0 });
  expect(countOutcomes([])).toEqual({});
});
