import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../../../lambda/core/json.ts';
import { findList, listAt } from '../../../../lambda/procurios/listing/object-list.ts';

const ABOUT = 'stream things, page 1';

describe('findList and listAt', () => {
  test.each<[string, Json, string]>([
    ['the answer itself', [{ id: 1 }], ''],
    ['an empty answer', [], ''],
    ['the only array among the fields', { relations: [], title: 'x', _links: { next: null } }, '/relations'],
    ['the only array under _embedded', { _links: {}, _embedded: { 'a/b~c': [] } }, '/_embedded/a~1b~0c'],
    ['the one beside errors', { errors: [], things: [] }, '/things'],
    ['the one beside links that PHP wrote as an array', { _links: [], things: [] }, '/things'],
  ])('the list of objects is found: %s', (_name, answer, pointer) => {
    const found = findList(answer, ABOUT);

    expect(found).toBe(pointer);
  });

  test.each<[string, Json, string, string]>([
    ['there is none', { id: 1, deep: { down: { list: [] } } }, 'LIST_AMBIGUOUS', 'the answer holds no list'],
    ['the answer is no object', 'a value', 'LIST_AMBIGUOUS', 'the answer holds no list'],
    ['the answer is null', null, 'LIST_AMBIGUOUS', 'the answer holds no list'],
    ['there are two', { a: ['a value'], b: [] }, 'LIST_AMBIGUOUS', 'several lists: "/a", "/b"'],
    [
      'one more is embedded',
      { a: [], _embedded: { c: [] } },
      'LIST_AMBIGUOUS',
      'several lists: "/a", "/_embedded/c"',
    ],
  ])('the list of objects is not guessed if %s', (_name, answer, code, message) => {
    const find = () => findList(answer, ABOUT);

    expect(find).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
    expect(find).not.toThrow('a value');
  });

  test.each<[string, Json, Json]>([
    ['', [1], [1]],
    ['/a', { a: [2] }, [2]],
    ['/a~1b/c~0d', { 'a/b': { 'c~d': [3] } }, [3]],
    ['/0/list', [{ list: [4] }], [4]],
    ['/', { '': [5] }, [5]],
    ['/__proto__', JSON.parse('{"__proto__": [6]}'), [6]],
  ])('the list of objects is taken at the pointer %j', (pointer, answer, list) => {
    const taken = listAt(pointer, answer, ABOUT);

    expect(taken).toEqual(list);
  });

  test.each<[string, Json, string]>([
    ['/a', {}, 'nothing at "/a"'],
    ['/a', [], 'nothing at "/a"'],
    ['/a', null, 'nothing at "/a"'],
    ['/constructor', {}, 'nothing at "/constructor"'],
    ['/a', { a: null }, 'something else at "/a"'],
    ['/a', { a: { 0: 'a value' } }, 'something else at "/a"'],
    ['', { errors: ['a value'] }, 'something else at ""'],
  ])('a list that is missing at %j in %j is not empty', (pointer, answer, message) => {
    const take = () => listAt(pointer, answer, ABOUT);

    expect(take).toThrow(
      expect.objectContaining({ code: 'RESPONSE_INVALID', message: expect.stringContaining(message) }),
    );
  });
});
