import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { LedgerEntry } from '../../../lambda/core/push/ledger-entry.ts';
import { newEntry, rejectMessage } from '../../../lambda/core/push/transitions.ts';
import { shownChange, withoutValues } from '../../../operator/changes/shown-change.ts';

const NAMES = ['first_name', 'campaignId', 'e-mail'];

describe('an error text without values', () => {
  test.each([
    ['Field first_name is required', 'about first_name'],
    ['Veld "First_Name" en e-mail zijn verplicht.', 'about first_name, e-mail'],
    ['body.campaignId must be integer', 'about campaignId'],
    ['Unknown campaign', '…'],
    ['', '…'],
  ])('an error text without values names the fields of the change that %s names', (text, shown) => {
    expect(withoutValues(text, NAMES)).toBe(shown);
  });

  test.each([
    ['cut', 'Invalid value: Ada Lovel', '…'],
    ['in other letters', 'ada.lovelace@example.com is already registered', '…'],
    ['as another number', 'campaignId 9.999 is unknown', 'about campaignId'],
    ['as another date', 'date 1-12-1815 too long ago', '…'],
    ['with accents', 'Zoë Brontë is not allowed', '…'],
    ['in another script', '相川 is unknown', '…'],
    ['as symbols', '🚲 is not allowed', '…'],
  ])('an error text without values has no value that was quoted %s', (_how, text, shown) => {
    expect(withoutValues(text, NAMES)).toBe(shown);
  });

  test('an error text without values consists of names of fields, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (value) => {
        const shown = withoutValues(`Invalid value: ${value}`, NAMES);

        expect(shown.replace(/^about /, '').split(', ')).toEqual(
          shown === '…' ? ['…'] : NAMES.filter((name) => shown.includes(name)),
        );
      }),
    );
  });
});

describe('a change as an operator sees it', () => {
  const change = {
    changeId: 'c1',
    operation: 'register',
    subject: 'form/1',
    parameters: { set: '42' },
    body: { first_name: 'Ada' },
  };
  const entry: LedgerEntry = {
    ...newEntry(change, 0),
    outcome: 'rejected',
    errors: ['first_name Ada is taken', 'set 42 is closed'],
  };

  test('a change as an operator sees it has no value unless values are asked for', () => {
    const shown = shownChange(entry, false);

    expect(JSON.stringify(shown)).not.toMatch(/Ada|42/);
    expect(shown).toMatchObject({
      entry: { errors: ['about first_name', 'about set'], bodyFields: ['first_name'] },
      parameterNames: ['set'],
      hasBody: true,
      leftOut: ['body', 'parameters', 'errors'],
    });
  });

  test('a change as an operator sees it has all values if they are asked for', () => {
    expect(shownChange(entry, true)).toMatchObject({
      entry: { errors: entry.errors },
      parameters: { set: '42' },
      body: { first_name: 'Ada' },
      leftOut: [],
    });
  });

  test('a change as an operator sees it keeps the errors of a message that is no change, because they quote no value', () => {
    const message = { messageId: 'm1', text: 'Ada', changeId: undefined, subject: 's' };
    const errors = ['a JSON object is expected'];
    const refused = rejectMessage({ ...message, errors }, 0, { retentionDays: 30 });

    const shown = shownChange(refused, false);

    expect(shown.entry.errors).toEqual(['a JSON object is expected']);
    expect(shown).toMatchObject({ hasBody: true, leftOut: ['body'] });
    expect(JSON.stringify(shown)).not.toContain('Ada');
    expect(shownChange(refused, true).body).toBe('Ada');
  });
});
