import { describe, expect, test } from '@jest/globals';
import { canonicalDecimal } from '../../../lambda/core/decimal.ts';

test('canonicalDecimal reads a number of a million digits', () => {
  const text = `1${'0'.repeat(500_000)}1${'0'.repeat(500_000)}`;

  expect(canonicalDecimal(text)).toHaveLength(500_002 + 'e500000'.length);
});

describe('canonicalDecimal', () => {
  test.each([
    ['1.50', '15e-1'],
    ['15e-1', '15e-1'],
    ['0.015E2', '15e-1'],
    ['1500', '15e2'],
    ['1.5e+3', '15e2'],
    ['-0.0', '0'],
    ['0e99', '0'],
    ['-007.0', '-7e0'],
  ])('canonicalDecimal writes %s as %s', (text, canonical) => {
    expect(canonicalDecimal(text)).toBe(canonical);
  });
});
