import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../../lambda/core/json.ts';
import type { Paging, Stream } from '../../../lambda/core/pull/stream.ts';
import {
  type FirstPage,
  judgeFirstPage,
  judgeKey,
  looksLike,
  type Probed,
  probeFor,
} from '../../../operator/doctor/judge-listing.ts';

const NUMBERED: Paging = { kind: 'numberedPages', ahead: 8 };
const AFTER: Paging = { kind: 'after', field: 'id' };

function streamOf(paging: Paging, more: Partial<Stream> = {}): Stream {
  return {
    name: 'things',
    path: '/l/x',
    query: {},
    mediaType: 'application/json',
    key: ['id'],
    paging,
    ignoreChangesIn: [],
    deletes: 'never',
    ...more,
  };
}

function pageOf(objects: readonly Json[] | undefined, more: Partial<FirstPage> = {}): FirstPage {
  return { lists: [''], objects, links: 'none', hasNext: false, ...more };
}

const THREE = [{ id: 1 }, { id: 2 }, { id: 3 }];

describe('a key', () => {
  test.each<[string, readonly Json[], ReturnType<typeof judgeKey>]>([
    ['that each object has', THREE, { status: 'unique', candidates: ['id'], faulty: 0 }],
    ['that none has', [{ no: 1 }, { no: 2 }], { status: 'missing', candidates: ['no'], faulty: 2 }],
    [
      'that one does not have',
      [{ id: 1 }, { id: null }],
      { status: 'incomplete', candidates: [], faulty: 1 },
    ],
    ['that two share', [{ id: 1 }, { id: 1 }, { id: 2 }], { status: 'repeated', candidates: [], faulty: 1 }],
    ['that is no text and no integer', [{ id: 1.5 }], { status: 'missing', candidates: [], faulty: 1 }],
    ['of an empty list', [], { status: 'unique', candidates: [], faulty: 0 }],
    ['among what are no objects', ['a', 1], { status: 'missing', candidates: [], faulty: 2 }],
  ])('%s', (_name, objects, verdict) => {
    expect(judgeKey(['id'], objects)).toEqual(verdict);
  });

  test('may be any field that tells objects apart, those called like a key first', () => {
    const objects = [
      { title: 'a', code: 7, relation_id: 1, same: 1, _hidden: 1 },
      { title: 'b', code: 8, relation_id: 2, same: 1, _hidden: 2 },
    ];

    expect(judgeKey(['id'], objects).candidates).toEqual(['relation_id', 'code', 'title']);
  });

  test('is not guessed from a single object, unless a field is called like one', () => {
    expect(judgeKey(['id'], [{ title: 'a', orderId: 3 }]).candidates).toEqual(['orderId']);
  });
});

describe('a second request', () => {
  test.each<[string, Paging, FirstPage, ReturnType<typeof probeFor>]>([
    ['is not made where links tell', { kind: 'hal' }, pageOf(THREE, { links: 'href' }), undefined],
    ['is not made for an empty list', NUMBERED, pageOf([]), undefined],
    ['is not made where empty links tell', { kind: 'hal' }, pageOf(THREE, { links: 'empty' }), undefined],
    ['asks for page 2', NUMBERED, pageOf(THREE), { by: 'page' }],
    ['asks for what follows', AFTER, pageOf(THREE), { by: 'after', field: 'id' }],
    ['asks for page 2 without a cursor', AFTER, pageOf([{ no: 1 }]), { by: 'page' }],
  ])('%s', (_name, paging, page, probe) => {
    expect(probeFor({ paging }, page)).toEqual(probe);
  });
});

describe('a listing looks like', () => {
  const byPage = (probed: Probed) => looksLike(pageOf(THREE), { by: 'page' }, probed);

  test.each<[string, string[], string[]]>([
    ['pages by number, if page 2 is another one', byPage({ objects: [{ id: 4 }] }), ['numberedPages()']],
    [
      'pages by number or one page, if page 2 is empty',
      byPage({ objects: [] }),
      ['numberedPages()', 'onePage()'],
    ],
    ['one page or a cursor, if page 2 is page 1', byPage({ objects: THREE }), ['onePage()', "after('id')"]],
    ['one page, if page 2 is refused', byPage('refused'), ['onePage()']],
    ['nothing that can be told without page 2', looksLike(pageOf(THREE), undefined, undefined), []],
    [
      'a cursor, if what follows is something else',
      looksLike(pageOf(THREE), { by: 'after', field: 'id' }, { objects: [] }),
      ["after('id')"],
    ],
  ])('%s', (_name, found, expected) => {
    expect(found).toEqual(expected);
  });
});

describe('the verdict', () => {
  test('tells one object from several', () => {
    const page = pageOf([{ id: 1 }]);

    expect(judgeFirstPage(streamOf({ kind: 'onePage' }), page)).toEqual([
      {
        check: 'stream things',
        status: 'ok',
        what: '1 object with 1 field on page 1, key id, onePage()',
      },
    ]);
  });

  test('says all that is wrong at once', () => {
    const page = pageOf([{ no: 1 }, { no: 2 }], { links: 'href', hasNext: true });

    expect(judgeFirstPage(streamOf({ kind: 'onePage' }), page).map(({ fix }) => fix)).toEqual([
      "set key: 'no'",
      'set paging: hal()',
    ]);
  });

  test('of an empty list is open', () => {
    expect(judgeFirstPage(streamOf(NUMBERED), pageOf([]))).toMatchObject([{ status: 'information' }]);
  });

  test('of a single page with links is good for onePage()', () => {
    const page = pageOf(THREE, { links: 'href' });

    expect(judgeFirstPage(streamOf({ kind: 'onePage' }), page)).toMatchObject([{ status: 'ok' }]);
  });

  test('names fields, where none tells objects apart', () => {
    const same = { a: 1, b: 'x' };

    const [finding] = judgeFirstPage(streamOf({ kind: 'hal' }), pageOf([same, same], { links: 'href' }));

    expect(finding?.fix).toMatch(/or have one added in Procurios; there are a, b$/);
  });
});
