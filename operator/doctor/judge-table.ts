import { EXPIRES_ON, type ExpectedTable, type TableShape } from '../../lambda/deployment/tables.ts';
import { type Finding, failure, ok, warning } from './finding.ts';

/**
 * Compares a table with what it has to be.
 *
 * @param checksExpiry - Whether it matters here that items expire.
 * @returns One `ok`, or everything that is not.
 */
export function judgeTable(
  check: string,
  name: string,
  expected: ExpectedTable,
  found: TableShape,
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

function judgeStatus(check: string, name: string, { status }: TableShape): Finding[] {
  if (status === 'ACTIVE' || status === 'UPDATING') return [];
  return [warning(check, `${name} is ${status}`, 'wait until it is ACTIVE')];
}

function judgeKeySchema(check: string, name: string, expected: ExpectedTable, found: TableShape): Finding[] {
  if (keyText(found.key) === keyText(expected.key)) return [];
  return [
    failure(
      check,
      `${name} has the key ${keyText(found.key)}; expected ${keyText(expected.key)}`,
      'a key cannot be changed: export what is worth keeping, delete the table and have it made anew (npx cdk deploy)',
    ),
  ];
}

function judgeIndex(
  check: string,
  name: string,
  index: string,
  key: readonly string[],
  found: TableShape,
): Finding[] {
  const foundKey = found.indexes[index];
  const fix = `npx cdk deploy, or create the global secondary index ${index}: ${keyText(key)}, projection ALL`;
  if (foundKey === undefined) {
    return [failure(check, `${name} has no index ${index}: changes cannot be listed by outcome`, fix)];
  }
  return keyText(foundKey) === keyText(key)
    ? []
    : [failure(check, `index ${index} of ${name} has the key ${keyText(foundKey)}`, fix)];
}

function judgeExpiry(check: string, name: string, { expiresOn }: TableShape): Finding[] {
  if (expiresOn === EXPIRES_ON) return [];
  const what = expiresOn === undefined ? 'items never expire' : `items expire on ${expiresOn}`;
  const fix = `npx cdk deploy, or turn on time to live for ${EXPIRES_ON}`;
  return [warning(check, `${name}: ${what}; expected on ${EXPIRES_ON}`, fix)];
}

const TYPES: Readonly<Record<string, string>> = { S: 'string', N: 'number', B: 'binary' };

/** `pk (string), sk (string)`. */
function keyText(key: readonly string[]): string {
  return key
    .map((part) => {
      const [name = '', type = ''] = part.split(' ');
      return `${name} (${TYPES[type] ?? type})`;
    })
    .join(', ');
}
