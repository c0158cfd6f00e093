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
    [
      'the only one whose elements are objects with the key',
      { things: [{ id: 1 }], warnings: [{ text: 'x' }], filters: [], tags: ['a'] },
      '/things',
    ],
    ['the only one whose elements are objects', { things: [{ no: 1 }], filters: [], tags: ['a'] }, '/things'],
    [
      'the only one that is empty, where the others hold no objects',
      { things: [], warnings: ['a'] },
      '/things',
    ],
    ['the one beside errors', { errors: [], things: [] }, '/things'],
    ['the one beside links that PHP wrote as an array', { _links: [], things: [] }, '/things'],
  ])('the list of objects is found: %s', (_name, answer, pointer) => {
    const found = findList(answer, ['id'], ABOUT);

    expect(found).toBe(pointer);
  });

  test.each<[string, Json, string, string]>([
    ['there is none', { id: 1, deep: { down: { list: [] } } }, 'LIST_AMBIGUOUS', 'the answer holds no list'],
    ['the answer is no object', 'a value', 'LIST_AMBIGUOUS', 'the answer holds no list'],
    ['the answer is null', null, 'LIST_AMBIGUOUS', 'the answer holds no list'],
    [
      'the key is in two',
      { a: [{ id: 'a value' }], b: [{ id: 2 }], c: [] },
      'LIST_AMBIGUOUS',
      'several lists: "/a", "/b"',
    ],
    ['no list holds objects', { a: ['a value'], b: [1] }, 'LIST_AMBIGUOUS', 'several lists: "/a", "/b"'],
    [
      'objects without the key are in two',
      { a: [{ no: 'a value' }], _embedded: { c: [{ no: 2 }] } },
      'LIST_AMBIGUOUS',
      'several lists: "/a", "/_embedded/c"',
    ],
  ])('the list of objects is not guessed if %s', (_name, answer, code, message) => {
    const find = () => findList(answer, ['id'], ABOUT);

    expect(find).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
    expect(find).not.toThrow('a value');
  });

  test('the list of objects is not needed where all lists are empty', () => {
    const found = findList({ things: [], warnings: [], _embedded: { filters: [] } }, ['id'], ABOUT);

    expect(found).toBeUndefined();
  });

  test('a list with a name that is too long to be saved does not count', () => {
    const found = findList({ things: [], ['a'.repeat(500_000)]: [] }, ['id'], ABOUT);

    expect(found).toBe('/things');
  });

  test.each<[string, Json, Json]>([
    ['/a', { a: null }, []],
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
    ['', null, 'something else at ""'],
    ['/a', { a: { 0: 'a value' } }, 'something else at "/a"'],
    ['', { errors: ['a value'] }, 'something else at ""'],
  ])('a list that is missing at %j in %j is not empty', (pointer, answer, message) => {
    const take = () => listAt(pointer, answer, ABOUT);

    expect(take).toThrow(
      expect.objectContaining({ code: 'RESPONSE_INVALID', message: expect.stringContaining(message) }),
    );
  });
});
