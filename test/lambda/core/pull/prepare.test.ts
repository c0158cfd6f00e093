import { describe, expect, test } from '@jest/globals';
import { type Json, parseJson } from '../../../../lambda/core/json.ts';
import { keyOf } from '../../../../lambda/core/pull/key.ts';
import { isReject, prepare } from '../../../../lambda/core/pull/prepare.ts';
import type { Reject } from '../../../../lambda/core/pull/reject.ts';
import { streamOf } from '../../../support/streams.ts';

const PLACE = { page: 3, index: 7 };

function prepared(object: Json, overrides = {}) {
  const result = prepare(object, streamOf(overrides), PLACE);
  if (isReject(result)) throw new Error(`rejected: ${result.reason}`);
  return result;
}

function rejected(object: Json, overrides = {}): Reject {
  const result = prepare(object, streamOf(overrides), PLACE);
  if (!isReject(result)) throw new Error('not rejected');
  return result;
}

describe('the hash', () => {
  test('the hash does not depend on the order of fields, at any level', () => {
    const one = prepared({ id: 1, a: { x: 1, y: [1, { p: 1, q: 2 }] } });
    const other = prepared({ a: { y: [1, { q: 2, p: 1 }], x: 1 }, id: 1 });

    expect(one.hash).toBe(other.hash);
  });

  test.each([
    ['{"id":1,"n":1.50}', '{"id":1,"n":1.5}'],
    ['{"id":1,"n":1e3}', '{"id":1,"n":1000}'],
    ['{"id":1,"n":-0}', '{"id":1,"n":0}'],
    ['{"id":1,"n":9007199254740993.0}', '{"id":1,"n":9007199254740993}'],
  ])('the hash is the same for equal decimals: %s and %s', (one, other) => {
    expect(prepared(parseJson(one)).hash).toBe(prepared(parseJson(other)).hash);
  });

  test.each([
    ['{"id":1,"n":1}', '{"id":1,"n":"1"}'],
    ['{"id":1,"n":9007199254740993}', '{"id":1,"n":9007199254740992}'],
    ['{"id":1,"n":null}', '{"id":1}'],
    ['{"id":1,"n":[1,2]}', '{"id":1,"n":[2,1]}'],
    ['{"id":1,"n":""}', '{"id":1,"n":null}'],
    ['{"id":1,"n":{"0":1}}', '{"id":1,"n":[1]}'],
    ['{"id":1,"__proto__":{"a":1}}', '{"id":1,"__proto__":{"a":2}}'],
  ])('the hash differs for different objects: %s and %s', (one, other) => {
    expect(prepared(parseJson(one)).hash).not.toBe(prepared(parseJson(other)).hash);
  });

  test('the hash leaves out the top-level fields whose changes are ignored, and no others', () => {
    const overrides = { ignoreChangesIn: ['seen'] };
    const base = prepared({ id: 1, seen: 'a', inner: { seen: 'a' } }, overrides);

    expect(prepared({ id: 1, seen: 'b', inner: { seen: 'a' } }, overrides).hash).toBe(base.hash);
    expect(prepared({ id: 1, seen: 'a', inner: { seen: 'b' } }, overrides).hash).not.toBe(base.hash);
  });

  test('the hash is 16 bytes in hexadecimal', () => {
    expect(prepared({ id: 1 }).hash).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('the key', () => {
  test.each<[Json, string, number]>([
    [5, '5', 0b0],
    ['5', '5', 0b1],
    [-5, '-5', 0b0],
    ['a/b é', 'a%2Fb%20%C3%A9', 0b1],
    [parseJson('9007199254740993'), '9007199254740993', 0b0],
    [parseJson('1e21'), '1000000000000000000000', 0b0],
  ])('%p gives the id %s, with the type %i', (id, text, types) => {
    expect(keyOf({ id }, ['id'])).toEqual({ object: { id }, id: text, types });
    expect(prepared({ id }).id).toBe(text);
  });

  test('a key of several fields is joined in their order, with a bit for the type of each', () => {
    const object = { b: 'x/y', a: 1 };

    expect(keyOf(object, ['a', 'b'])).toEqual({ object, id: '1/x%2Fy', types: 0b10 });
  });

  test.each<[Json, string]>([
    [{}, 'KEY_MISSING'],
    [{ id: null }, 'KEY_MISSING'],
    [{ id: '' }, 'KEY_MISSING'],
    [{ id: 1.5 }, 'KEY_INVALID'],
    [{ id: true }, 'KEY_INVALID'],
    [{ id: ['a'] }, 'KEY_INVALID'],
    [{ id: '\ud800' }, 'KEY_INVALID'],
    [{ id: 'x'.repeat(2049) }, 'KEY_TOO_LONG'],
  ])('%p has no usable key: %s', (object, reason) => {
    expect(rejected(object)).toEqual({ id: undefined, reason, field: 'id', ...PLACE });
  });

  test('a key is never read from the prototype', () => {
    expect(rejected({ a: 1 }, { key: ['constructor'] }).reason).toBe('KEY_MISSING');
  });
});

/** `{"l": {"l": … 1}}`: a 1 inside that many maps or lists. */
function nested(levels: number, wrap: (inner: Json) => Json): Json {
  return levels === 0 ? 1 : wrap(nested(levels - 1, wrap));
}

describe('what DynamoDB cannot hold', () => {
  test.each<[string, string, string | undefined]>([
    ['{"id":1,"a":{"b":[1,{"c":12345678901234567890123456789012345678.9}]}}', 'NUMBER_DIGITS', 'a.b[1].c'],
    ['{"id":1,"a":1e126}', 'NUMBER_RANGE', 'a'],
    ['{"id":1,"a":-1e126}', 'NUMBER_RANGE', 'a'],
    ['{"id":1,"a":1e400}', 'NUMBER_RANGE', 'a'],
    ['{"id":1,"a":1e-131}', 'NUMBER_RANGE', 'a'],
    ['{"id":1,"a":["ok","\\ud800"]}', 'LONE_SURROGATE', 'a[1]'],
    ['{"id":1,"a":{"\\udc00":1}}', 'LONE_SURROGATE', 'a'],
    ['{"id":1,"a":{"":1}}', 'EMPTY_NAME', 'a'],
    ['{"id":1,"":1}', 'EMPTY_NAME', ''],
    ['{"id":1,"_hash":1}', 'RESERVED_NAME', '_hash'],
    ['{"id":1,"_expiresAt":1}', 'RESERVED_NAME', '_expiresAt'],
  ])('%s is a reject: %s at %s', (text, reason, field) => {
    expect(rejected(parseJson(text))).toEqual({ id: '1', reason, field, ...PLACE });
  });

  test.each([
    '{"id":1,"a":12345678901234567890123456789012345678}',
    '{"id":1,"a":9.9999999999999999999999999999999999999e125}',
    '{"id":1,"a":1e-130}',
    '{"id":1,"a":1.000000000000000000000000000000000000000000000}',
    '{"id":1,"_links":{"self":1},"a":"\\ud83d\\ude00"}',
    '{"id":1,"a":{"__proto__":null,"constructor":[],"size":""}}',
  ])('%s can be stored', (text) => {
    expect(prepared(parseJson(text)).id).toBe('1');
  });

  test.each<[string, (inner: Json) => Json]>([
    ['maps', (inner) => ({ l: inner })],
    ['lists', (inner) => [inner]],
  ])('an object nested deeper than 32 levels of %s is a reject', (_kind, wrap) => {
    expect(prepared({ id: 1, a: nested(32, wrap) }).id).toBe('1');
    expect(rejected({ id: 1, a: nested(33, wrap) }).reason).toBe('TOO_DEEP');
    expect(rejected({ id: 1, a: nested(5000, wrap) }).reason).toBe('TOO_DEEP');
  });

  test('an object larger than 400 KB, counted in bytes, is a reject', () => {
    expect(prepared({ id: 1, a: 'x'.repeat(409_000) }).id).toBe('1');
    expect(rejected({ id: 1, a: 'é'.repeat(205_000) }).reason).toBe('TOO_LARGE');
    expect(rejected({ id: 1, a: 'x'.repeat(410_000) }, { ignoreChangesIn: ['a'] }).reason).toBe('TOO_LARGE');
  });

  test.each([
    ['a list', new Array(410_000).fill('')],
    ['an object', Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`name${index}`, 1]))],
  ])('an object is rejected as too large before %s of many values is written out', (_name, many) => {
    // The fault in `z`, which comes later, shows that the rest is not read.
    expect(rejected({ id: 1, a: many, z: '\ud800' }).reason).toBe('TOO_LARGE');
  });

  test.each<Json>([null, 1, 'text', [1]])('%p is a reject, because it is no object', (object) => {
    expect(rejected(object)).toEqual({ id: undefined, reason: 'NOT_AN_OBJECT', field: undefined, ...PLACE });
  });
});
