import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../../lambda/core/json.ts';
import type { Paging } from '../../../lambda/core/pull/stream.ts';
import {
  type FirstPage,
  type Probed,
  probeFor,
  recognizePaging,
} from '../../../operator/procurios/recognize-paging.ts';

const NUMBERED: Paging = { kind: 'numberedPages', ahead: 8 };
const AFTER: Paging = { kind: 'after', field: 'id' };
const ODD = [1, 2].map((id) => ({ "id'), evil(\n": id }));
const THREE = [{ id: 1 }, { id: 2 }, { id: 3 }];

function pageOf(objects: readonly Json[] | undefined, more: Partial<FirstPage> = {}): FirstPage {
  return { lists: [''], objects, links: 'none', hasNext: false, ...more };
}

describe('probeFor()', () => {
  test.each<[string, Paging, FirstPage, ReturnType<typeof probeFor>]>([
    [
      'asks for nothing if links name other pages',
      { kind: 'hal' },
      pageOf(THREE, { links: 'href' }),
      undefined,
    ],
    ['asks for nothing if the list is empty', NUMBERED, pageOf([]), undefined],
    [
      'asks for nothing if empty links fit the config',
      { kind: 'hal' },
      pageOf(THREE, { links: 'empty' }),
      undefined,
    ],
    ['asks for page 2 if pages are numbered', NUMBERED, pageOf(THREE), { by: 'page' }],
    [
      'asks for what follows the last object if paging is by a field',
      AFTER,
      pageOf(THREE),
      { by: 'after', field: 'id' },
    ],
    ['asks for page 2 if the last object lacks the field', AFTER, pageOf([{ no: 1 }]), { by: 'page' }],
  ])('%s', (_name, paging, page, probe) => {
    expect(probeFor({ paging }, page)).toEqual(probe);
  });
});

describe('recognizePaging()', () => {
  const secondPage = (objects: Probed['objects']) =>
    recognizePaging({ page: pageOf(THREE), probed: { probe: { by: 'page' }, objects } });

  test.each<[string, string[], string[]]>([
    ['sees numbered pages if page 2 differs', secondPage([{ id: 4 }]), ['numberedPages()']],
    ['sees numbered pages or one page if page 2 is empty', secondPage([]), ['numberedPages()', 'onePage()']],
    ['sees one page or a cursor if page 2 is page 1 again', secondPage(THREE), ['onePage()', "after('id')"]],
    [
      'sees numbered pages or one page if page 2 is refused',
      secondPage('refused'),
      ['numberedPages()', 'onePage()'],
    ],
    [
      'escapes the name of a cursor',
      recognizePaging({ page: pageOf(ODD), probed: { probe: { by: 'page' }, objects: ODD } }),
      ['onePage()', String.raw`after("id'), evil(\n")`],
    ],
    [
      'sees numbered pages from 0',
      recognizePaging({ page: pageOf(THREE), firstPage: 0 }),
      ['numberedPages({ first: 0 })'],
    ],
    ['sees nothing without links and without a second request', recognizePaging({ page: pageOf(THREE) }), []],
    [
      'sees a cursor if other objects follow the last one',
      recognizePaging({
        page: pageOf(THREE),
        probed: { probe: { by: 'after', field: 'id' }, objects: [] },
      }),
      ["after('id')"],
    ],
  ])('%s', (_name, recognized, expected) => {
    expect(recognized).toEqual(expected);
  });
});
