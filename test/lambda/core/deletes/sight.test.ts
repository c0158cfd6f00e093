import { describe, expect, test } from '@jest/globals';
import {
  type Access,
  hasChanged,
  type SightedStream,
  sightOf,
} from '../../../../lambda/core/deletes/sight.ts';

const STREAM: SightedStream = {
  path: '/l/relation_list_api/relation',
  query: { filter: 'all', order: 'name' },
  mediaType: 'application/json',
  key: ['id'],
  paging: { kind: 'numberedPages', ahead: 4 },
};
const ACCESS: Access = {
  host: 'https://acme.procurios.site',
  grant: 'clientCredentials',
  clientId: 'client',
  scopes: ['b', 'a'],
};
const SIGHT = sightOf(STREAM, ACCESS);

describe('sightOf', () => {
  test.each<readonly [string, Partial<SightedStream>, Partial<Access>]>([
    ['the path', { path: '/l/other' }, {}],
    ['the query', { query: { filter: 'some', order: 'name' } }, {}],
    ['the media type', { mediaType: 'text/json' }, {}],
    ['the place of the objects', { objects: '/members' }, {}],
    ['the key', { key: ['id', 'set'] }, {}],
    ['the kind of paging', { paging: { kind: 'hal' } }, {}],
    ['the first page', { paging: { kind: 'numberedPages', ahead: 4, first: 2 } }, {}],
    ['the host', {}, { host: 'https://other.procurios.site' }],
    ['the grant', {}, { grant: 'authorizationCode' }],
    ['the client', {}, { clientId: 'other' }],
    ['the user', {}, { user: '7' }],
  ])('another sight follows from a change of %s', (_what, stream, access) => {
    const other = sightOf({ ...STREAM, ...stream }, { ...ACCESS, ...access });

    expect(hasChanged(SIGHT, other)).toBe(true);
    expect(hasChanged(other, SIGHT)).toBe(true);
  });

  test('the same sight follows from the order of parameters and scopes, and from how many pages are prefetched', () => {
    const { order = '', filter = '' } = STREAM.query;
    const stream: SightedStream = {
      ...STREAM,
      query: { order, filter },
      paging: { kind: 'numberedPages', ahead: 8, first: 1 },
    };

    expect(sightOf(stream, { ...ACCESS, scopes: ['a', 'b', 'a'] })).toEqual(SIGHT);
  });

  test('neither the client id nor the user can be read in a sight', () => {
    const sight = sightOf(STREAM, { ...ACCESS, clientId: 'secret-client', user: 'ada@example.com' });

    expect(JSON.stringify(sight)).not.toMatch(/secret|ada/);
  });
});

describe('hasChanged', () => {
  test('a scope more changes nothing, a scope less does, and another one in its place does', () => {
    const more = sightOf(STREAM, { ...ACCESS, scopes: ['a', 'b', 'c'] });
    const other = sightOf(STREAM, { ...ACCESS, scopes: ['a', 'c'] });

    expect(hasChanged(SIGHT, more)).toBe(false);
    expect(hasChanged(more, SIGHT)).toBe(true);
    expect(hasChanged(SIGHT, other)).toBe(true);
  });
});
