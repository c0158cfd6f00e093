import { EXPIRES_AT, type Key, type TableKeys } from '../../lambda/deployment/tables.ts';
import type { DescribedKey, TableDescription } from '../deployed/tables.ts';
import { type Finding, failure, ok, warning } from './finding.ts';

/**
 * Compares a table with what the functions need.
 *
 * @param checksExpiry - Whether its items have to expire.
 * @returns One `ok`, or a finding for each difference.
 */
export function judgeTable(
  check: string,
  name: string,
  expected: TableKeys,
  found: TableDescription,
  checksExpiry: boolean,
): Finding[] {
  const problems = [
    ...judgeStatus(check, name, found),
    ...judgeKeySchema(check, name, expected, found),
    ...Object.entries(expected.indexes).flatMap(([index, key]) => judgeIndex(check, name, index, key, found)),
    ...(checksExpiry ? judgeExpiry(check, name, found) : []),
  ];
  return problems.length > 0 ? problems : [ok(check, name)];
}

function judgeStatus(check: string, name: string, { status }: TableDescription): Finding[] {
  if (status === 'ACTIVE' || status === 'UPDATING') return [];
  return [warning(check, `${name} is ${status}`, 'wait until it is ACTIVE, then run doctor again')];
}

function judgeKeySchema(
  check: string,
  name: string,
  expected: TableKeys,
  found: TableDescription,
): Finding[] {
  const expectedText = textOf(expected.key);
  const foundText = describedText(found.key);
  if (foundText === expectedText) return [];
  return [
    failure(
      check,
      `${name} has the key ${foundText}; expected ${expectedText}`,
      'the key of a table cannot be changed: export what you need, delete the table and create it again (npx cdk deploy)',
    ),
  ];
}

function judgeIndex(
  check: string,
  name: string,
  index: string,
  key: Key,
  found: TableDescription,
): Finding[] {
  const foundKey = found.indexes[index];
  const fix = `npx cdk deploy --revert-drift, or create the global secondary index ${index}: ${textOf(key)}, projection ALL`;
  if (foundKey === undefined) {
    return [failure(check, `${name} has no index ${index}: changes cannot be listed by outcome`, fix)];
  }
  const foundText = describedText(foundKey);
  return foundText === textOf(key)
    ? []
    : [failure(check, `index ${index} of ${name} has the key ${foundText}`, fix)];
}

function judgeExpiry(check: string, name: string, { expiresOn }: TableDescription): Finding[] {
  if (expiresOn === EXPIRES_AT) return [];
  const what = expiresOn === undefined ? 'items never expire' : `items expire on ${expiresOn}`;
  const fix = `npx cdk deploy --revert-drift, or turn on time to live for ${EXPIRES_AT}`;
  return [warning(check, `${name}: ${what}; expected on ${EXPIRES_AT}`, fix)];
}

const TYPES: Readonly<Record<string, string>> = { S: 'string', N: 'number', B: 'binary' };

/** `pk (string), sk (string)`. */
function describedText(key: DescribedKey): string {
  return key.map(({ name, type }) => `${name} (${TYPES[type] ?? type})`).join(', ');
}

function textOf(key: Key): string {
  return describedText(key.map((name) => ({ name, type: 'S' })));
}
