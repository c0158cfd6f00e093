import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createStreamTable } from '../../../../lambda/aws/dynamodb/stream-table.ts';
import { ExactNumber, type Json, type JsonObject, parseJson } from '../../../../lambda/core/json.ts';
import { isReject, OWN_FIELDS, prepare } from '../../../../lambda/core/pull/prepare.ts';
import type { RejectReason } from '../../../../lambda/core/pull/reject.ts';
import { readItem } from '../../../../operator/tables/read-items.ts';
import { describeDynamoDbs } from '../../../support/dynamodb-servers.ts';
import { ManualClock } from '../../../support/memory-ports.ts';
import { streamOf } from '../../../support/streams.ts';

/** JSON as text, as the API sends it, with numbers of any length and any UTF-16 in strings and names. */
const number = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 45n }), fc.integer({ min: -1, max: 40 }), exponent())
  .map(
    ([negative, digits, point, power]) => `${negative ? '-' : ''}${withPoint(String(digits), point)}${power}`,
  );

function exponent(): fc.Arbitrary<string> {
  const power = fc.integer({ min: -150, max: 150 });
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant('') },
    power.map((value) => `e${value}`),
  );
}

function withPoint(digits: string, point: number): string {
  return point <= 0 || point >= digits.length ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\ud800', 'a\udc00b', '\u0000', '🧑‍🤝‍🧑', ' "\\/\b\f\n\r\t'),
);
const name = fc.oneof(
  text,
  fc.constantFrom('__proto__', 'constructor', 'toString', 'size', 'a.b', '#c', ':d', ...OWN_FIELDS),
);
const { value } = fc.letrec<{ value: string; list: string; map: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text.map((each) => JSON.stringify(each)),
    number,
    fc.constantFrom('null', 'true', 'false', '0', '-0', '1.0', '9007199254740993', '0.1000000000000000055'),
    tie('list'),
    tie('map'),
  ),
  list: fc.array(tie('value'), { maxLength: 4 }).map((parts) => `[${parts.join()}]`),
  map: fc.array(fc.tuple(name, tie('value')), { maxLength: 4 }).map(fieldsText),
}));
const object = fc
  .array(fc.tuple(name, value), { maxLength: 6 })
  .map((fields) => fieldsText(fields, '"id":1'));

function fieldsText(fields: readonly (readonly [string, string])[], first = ''): string {
  const parts = fields.map(([each, part]) => `${JSON.stringify(each)}:${part}`);
  return `{${[...(first === '' ? [] : [first]), ...parts].join()}}`;
}

describeDynamoDbs('any object that the API could send', (server) => {
  test('any JSON object is read back as it was stored, with all digits, or is a reject', async () => {
    const { tableName } = await server.freshTables();
    const client = server.client();
    const lease = { guard: () => AbortSignal.timeout(60_000) };
    const table = createStreamTable({ client, tableName, runId: 'r', lease, clock: new ManualClock() });
    const counted = { stored: 0, rejected: new Set<RejectReason>() };

    await fc.assert(
      fc.asyncProperty(object, async (sent) => {
        const parsed = parseJson(sent);
        const result = prepare(parsed, streamOf(), { page: 1, index: 0 });
        if (isReject(result)) {
          counted.rejected.add(result.reason);
          expect(isStorable(parsed)).toBe(false);
          return;
        }
        counted.stored += 1;
        expect(await table.write([result])).toEqual([]);
        const item = (await readItem(client, tableName, result.id)) as JsonObject;
        const fields = Object.entries(item).filter(
          ([each]) => !(OWN_FIELDS as readonly string[]).includes(each),
        );
        expect(plain(Object.fromEntries(fields))).toEqual(plain(parsed));
      }),
      { numRuns: 300, seed: 20261124 },
    );

    expect(counted.stored).toBeGreaterThan(50);
    expect([...counted.rejected].sort()).toEqual(
      expect.arrayContaining([
        'EMPTY_NAME',
        'LONE_SURROGATE',
        'NUMBER_DIGITS',
        'NUMBER_RANGE',
        'RESERVED_NAME',
      ]),
    );
  });
});

/** A form to compare by deep equality: two values have the same form if and only if they are the same JSON. */
function plain(json: Json): unknown {
  if (typeof json === 'number' || json instanceof ExactNumber) return { decimal: fraction(json) };
  if (Array.isArray(json)) return json.map(plain);
  if (typeof json !== 'object' || json === null) return json;
  const entries = Object.entries(json).sort(([one], [other]) => (one < other ? -1 : 1));
  return { fields: entries.map(([each, part]) => [each, plain(part)]) };
}

/** A decimal as `digits × 10^power`, without trailing zeros in the digits. */
function fraction(json: number | ExactNumber): string {
  const source = json instanceof ExactNumber ? json.text : String(json);
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(source);
  if (match === null) throw new Error('not a decimal');
  const [, sign, whole = '', decimals = '', shown = '0'] = match;
  let digits = BigInt(whole + decimals);
  let power = Number(shown) - decimals.length;
  if (digits === 0n) return '0';
  while (digits % 10n === 0n) {
    digits /= 10n;
    power += 1;
  }
  return `${sign}${digits}x10^${power}`;
}

/** Whether DynamoDB can store every name and value, decided independently of the code under test. */
function isStorable(json: Json, depth = 0): boolean {
  if (typeof json === 'string') return json.isWellFormed();
  if (typeof json === 'number' || json instanceof ExactNumber) return hasRoom(fraction(json));
  if (Array.isArray(json)) return json.every((part) => isStorable(part, depth + 1));
  if (typeof json !== 'object' || json === null) return true;
  return Object.entries(json).every(
    ([each, part]) =>
      each !== '' &&
      each.isWellFormed() &&
      !(depth === 0 && (OWN_FIELDS as readonly string[]).includes(each)) &&
      !(depth === 0 && each === 'id' && part !== 1) &&
      isStorable(part, depth + 1),
  );
}

function hasRoom(decimal: string): boolean {
  if (decimal === '0') return true;
  const [digits = '', power = ''] = decimal.replace('-', '').split('x10^');
  const magnitude = digits.length - 1 + Number(power);
  return digits.length <= 38 && magnitude >= -130 && magnitude <= 125;
}
