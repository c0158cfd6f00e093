import { describe, expect, test } from '@jest/globals';
import { after, hal, linkedPages, numberedPages, onePage } from '../../../config/catalogue/paging.ts';
import { checkConfig } from '../../../config/check-config.ts';
import { deletePolicyOf } from '../../../lambda/core/deletes/policy.ts';
import { type Problem, SyncError } from '../../../lambda/core/errors.ts';
import type { Stream } from '../../../lambda/core/pull/stream.ts';

const THINGS = {
  name: 'things',
  path: '/l/things_api/thing',
  mediaType: 'application/vnd.procurios.things+json; version=1',
  key: 'id',
  paging: hal(),
};
const OLD_THINGS = { ...THINGS, name: 'old-things', path: '/l/things_api/old', key: 'thing_id' };

function checked(...streams: readonly object[]): readonly Stream[] {
  return checkConfig({
    environment: 'acme',
    host: 'https://acme.example.com',
    auth: { grant: 'clientCredentials', scopes: ['things/read'] },
    streams,
  }).streams;
}

function problemsOf(...streams: readonly object[]): readonly Problem[] {
  try {
    checked(...streams);
    return [];
  } catch (error) {
    if (error instanceof SyncError && error.code === 'CONFIG_INVALID') return error.problems;
    throw error;
  }
}

const GONE_AFTER = 'an integer from 3 to 14, or from 2 with after(field) or onePage()';

describe('the options about deletes', () => {
  test.each<[string, string, object]>([
    ['deletes', "'fromWalk', 'report' or 'never'", { deletes: 'fromArchive' }],
    ['deletes', "'fromWalk', 'report' or 'never'", { deletes: true }],
    ['goneAfter', GONE_AFTER, { goneAfter: '3' }],
    ['goneAfter', GONE_AFTER, { goneAfter: 3.5 }],
    ['goneAfter', GONE_AFTER, { goneAfter: 15 }],
    ['goneAfter', GONE_AFTER, { goneAfter: 1, paging: onePage() }],
    ['goneAfter', GONE_AFTER, { goneAfter: 2 }],
    ['goneAfter', GONE_AFTER, { goneAfter: 2, paging: numberedPages() }],
    ['goneAfter', GONE_AFTER, { goneAfter: 2, paging: linkedPages() }],
    ['guard', '{ share: 0.05, most: 500 }', { guard: 10 }],
    ['guard.least', 'no such option; the options are share, most', { guard: { least: 1 } }],
    ['guard.share', 'a number from 0 to 1', { guard: { share: 5 } }],
    ['guard.share', 'a number from 0 to 1', { guard: { share: -0.1 } }],
    ['guard.share', 'a number from 0 to 1', { guard: { share: '5 %' } }],
    ['guard.most', 'an integer from 0 to 1000000', { guard: { most: 0.5 } }],
    ['guard.most', 'an integer from 0 to 1000000', { guard: { most: -1 } }],
    ['holes', "'wait' or 'count'", { holes: 'ignore' }],
    ['retainTombstonesFor', 'an integer from 0 to 3650', { retainTombstonesFor: -1 }],
    ['retainTombstonesFor', 'an integer from 0 to 3650', { retainTombstonesFor: '30 days' }],
    [
      'archive',
      "the name of a stream, or { stream: 'archived-relations', by: 'relation_id' }",
      { archive: 1 },
    ],
    ['archive.stream', 'the name of a stream', { archive: { by: 'id' } }],
    ['archive.by', 'the name of a field', { archive: { stream: 'old-things', by: '' } }],
    ['archive.by', 'the name of a field of the objects', { archive: { stream: 'old-things', by: '_id' } }],
    [
      'archive.key',
      'no such option; the options are stream, by',
      { archive: { stream: 'old-things', key: 'id' } },
    ],
  ])('a stream’s %s has to be %s, so %j is refused', (path, expected, options) => {
    expect(problemsOf({ ...THINGS, ...options }, OLD_THINGS)).toEqual([
      { path: `streams[0].${path}`, expected },
    ]);
  });

  test.each([after('id'), onePage()])('two walks are enough for %j', (paging) => {
    expect(checked({ ...THINGS, paging, goneAfter: 2 })).toMatchObject([{ goneAfter: 2 }]);
  });

  test('each part of the guard has its own default', () => {
    expect(
      checked({ ...THINGS, guard: { share: 1 } }, { ...OLD_THINGS, guard: { most: 1_000_000 } }).map(
        ({ guard }) => guard,
      ),
    ).toEqual([
      { share: 1, most: 500 },
      { share: 0.05, most: 1_000_000 },
    ]);
  });

  test('a kind of paging that does not exist hides no other problem, and adds none about walks', () => {
    const problems = problemsOf({ ...THINGS, paging: { kind: 'scroll' }, goneAfter: 2, holes: 'ignore' });

    expect(problems.map(({ path }) => path).toSorted()).toEqual([
      'streams[0].holes',
      'streams[0].paging.kind',
    ]);
  });
});

describe('deletes that walks cannot prove', () => {
  test.each(['since', 'until', 'dateCreatedFrom', 'dateCreatedUntil'])(
    'fromWalk is refused for a query with %s, because its objects leave the list by themselves',
    (parameter) => {
      const window = { ...THINGS, query: { [parameter]: '2025-01-01' } };

      expect(problemsOf({ ...window, deletes: 'fromWalk' })).toEqual([
        {
          path: 'streams[0].deletes',
          expected:
            "'report' or 'never', because objects leave a list by themselves that its query limits to a window in time",
        },
      ]);
      expect(problemsOf({ ...window, deletes: 'report' })).toEqual([]);
      expect(problemsOf({ ...window, deletes: 'never' })).toEqual([]);
    },
  );

  test('fromWalk is accepted for a query that limits the list otherwise', () => {
    expect(problemsOf({ ...THINGS, query: { relationIds: '1,2' }, deletes: 'fromWalk' })).toEqual([]);
  });

  test('fromWalk is refused for linkedPages(), because its pages are read in one direction', () => {
    const linked = { ...THINGS, paging: linkedPages({ amount: 10 }) };

    expect(problemsOf({ ...linked, deletes: 'fromWalk' })).toEqual([
      {
        path: 'streams[0].deletes',
        expected: expect.stringMatching(/^'report' or 'never', because pages that are only linked /),
      },
    ]);
    expect(problemsOf(linked, { ...OLD_THINGS, paging: linkedPages(), deletes: 'never' })).toEqual([]);
  });
});

describe('the archive', () => {
  test('an archive is a stream of the config, which the checked config names', () => {
    const [byKey, byField, byFieldOfOtherKey] = checked(
      { ...THINGS, archive: 'old-things' },
      { ...THINGS, name: 'by-field', archive: { stream: 'old-things', by: 'no' } },
      { ...THINGS, name: 'other-key', key: ['a', 'b'], archive: { stream: 'old-things', by: 'no' } },
      OLD_THINGS,
    );

    expect(byKey?.archive).toEqual({ stream: 'old-things' });
    expect(byField?.archive).toEqual({ stream: 'old-things', by: 'no' });
    expect(byFieldOfOtherKey?.archive).toEqual({ stream: 'old-things', by: 'no' });
  });

  test.each<[string, RegExp, object, object]>([
    ['no stream', /^the name of a stream of this config$/, { archive: 'older-things' }, {}],
    ['no stream by an empty name', /^the name of a stream of this config$/, { archive: '' }, {}],
    ['the stream itself', /^the name of another stream, /, { archive: 'things' }, {}],
    [
      'the stream itself by another field',
      /^the name of another stream, /,
      { archive: { stream: 'things', by: 'other' } },
      {},
    ],
    [
      'a stream whose key is not one field',
      /^the name of a stream whose key is one field, /,
      { archive: 'old-things' },
      { key: ['thing_id', 'year'] },
    ],
    [
      'a stream without a field for another key',
      /^\{ stream, by \} with the field .* because the key of this stream is not id$/,
      { key: 'number', archive: 'old-things' },
      {},
    ],
    [
      'a stream without a field for a key of several fields',
      /^\{ stream, by \} with the field /,
      { key: ['id', 'year'], archive: { stream: 'old-things' } },
      {},
    ],
  ])('an archive that names %s is refused', (_case, expected, options, ofArchive) => {
    expect(problemsOf({ ...THINGS, ...options }, { ...OLD_THINGS, ...ofArchive })).toEqual([
      { path: 'streams[0].archive', expected: expect.stringMatching(expected) },
    ]);
  });

  test('two streams can be each other’s archives', () => {
    const each = { ...OLD_THINGS, archive: { stream: 'things', by: 'thing_id' } };

    expect(problemsOf({ ...THINGS, archive: 'old-things' }, each)).toEqual([]);
  });
});

describe('deletePolicyOf()', () => {
  test('deletePolicyOf() returns what a checked stream says about deletes', () => {
    const options = {
      deletes: 'fromWalk',
      goneAfter: 5,
      guard: { share: 0.1, most: 50 },
      holes: 'count',
    };

    const policies = checked({ ...THINGS, ...options }, { ...OLD_THINGS, paging: onePage() }).map(
      deletePolicyOf,
    );

    expect(policies).toEqual([
      { mode: 'fromWalk', paging: 'hal', goneAfter: 5, guard: { share: 0.1, most: 50 }, holes: 'count' },
      { mode: 'report', paging: 'onePage', goneAfter: 3, guard: { share: 0.05, most: 500 }, holes: 'wait' },
    ]);
  });

  test('deletePolicyOf() returns undefined for a stream whose absences are not counted', () => {
    expect(checked({ ...THINGS, deletes: 'never', goneAfter: 5 }).map(deletePolicyOf)).toEqual([undefined]);
  });
});

test('a checked config with every option about deletes passes the check again, unchanged', () => {
  const streams = checked(
    { ...THINGS, archive: 'old-things', deletes: 'fromWalk', holes: 'count', retainTombstonesFor: 0 },
    { ...THINGS, name: 'others', key: 'no', archive: { stream: 'old-things', by: 'id' }, guard: { most: 9 } },
    { ...OLD_THINGS, deletes: 'never' },
  );

  expect(checked(...JSON.parse(JSON.stringify(streams)))).toEqual(streams);
});
