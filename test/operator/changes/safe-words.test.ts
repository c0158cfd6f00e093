import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { withSafeWords } from '../../../operator/changes/safe-words.ts';

const NAMES = ['first_name', 'campaignId', 'e-mail'];

test.each([
  ['Field first_name is required', 'Field first_name is required'],
  ['Unknown campaign', 'Unknown campaign'],
  ['Veld "first_name" is verplicht.', 'Veld "first_name" is verplicht.'],
  ['e-mail: is not valid', 'e-mail: is not valid'],
  ['body.first_name must be string', 'body.first_name must be string'],
])('leaves a text that quotes nothing as it is: %s', (text, shown) => {
  expect(withSafeWords(text, NAMES)).toBe(shown);
});

test.each([
  ['cut', 'Invalid value: Ada Lovel', 'Invalid value: …'],
  ['in other letters', 'ada.lovelace@example.com is already registered', '… is already registered'],
  ['as another number', 'campaignId 9.999 is unknown', 'campaignId … is unknown'],
  ['as another date', 'date 1-12-1815 too long ago', 'date … too long …'],
  ['with accents', 'Zoë Brontë is not allowed', '… is not allowed'],
  ['in another script', '相川 is unknown', '… is unknown'],
  ['as symbols', '🚲 is not allowed', '… is not allowed'],
])('a value that was quoted %s once passed', (_how, text, shown) => {
  expect(withSafeWords(text, NAMES)).toBe(shown);
});

test('no word passes that is not known', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (value) => {
      const shown = withSafeWords(`Invalid value: ${value}`, []);

      const words = shown.match(/[\p{L}\p{N}]+/gu) ?? [];
      expect(words.every((word) => word.length === 1 || withSafeWords(word, []) === word)).toBe(true);
      expect(shown).not.toMatch(/\d/);
    }),
  );
});
