import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../../lambda/core/json.ts';
import { judgeKey } from '../../../operator/procurios/judge-key.ts';

describe('judgeKey()', () => {
  test.each<[string, readonly Json[], ReturnType<typeof judgeKey>]>([
    [
      'accepts a key that each object has once',
      [{ id: 1 }, { id: 2 }],
      { status: 'unique', candidates: ['id'], faulty: 0 },
    ],
    [
      'reports a key that no object has as missing',
      [{ no: 1 }, { no: 2 }],
      { status: 'missing', candidates: ['no'], faulty: 2 },
    ],
    [
      'reports a key that one object lacks as incomplete',
      [{ id: 1 }, { id: null }],
      { status: 'incomplete', candidates: [], faulty: 1 },
    ],
    [
      'reports a key that two objects share as repeated',
      [{ id: 1 }, { id: 1 }, { id: 2 }],
      { status: 'repeated', candidates: [], faulty: 1 },
    ],
    [
      'reports a key that is neither a text nor an integer as missing',
      [{ id: 1.5 }],
      { status: 'missing', candidates: [], faulty: 1 },
    ],
    ['accepts any key for an empty list', [], { status: 'unique', candidates: [], faulty: 0 }],
    [
      'reports the key of entries that are not objects as missing',
      ['a', 1],
      { status: 'missing', candidates: [], faulty: 2 },
    ],
  ])('%s', (_name, objects, verdict) => {
    expect(judgeKey(['id'], objects)).toEqual(verdict);
  });

  test('offers every unique field as a candidate, those named like a key first', () => {
    const objects = [
      { title: 'a', code: 7, relation_id: 1, same: 1, _hidden: 1 },
      { title: 'b', code: 8, relation_id: 2, same: 1, _hidden: 2 },
    ];

    expect(judgeKey(['id'], objects).candidates).toEqual(['relation_id', 'code', 'title']);
  });

  test('offers only fields named like a key as candidates for a single object', () => {
    expect(judgeKey(['id'], [{ title: 'a', orderId: 3 }]).candidates).toEqual(['orderId']);
  });
});
