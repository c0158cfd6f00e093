import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../../lambda/core/json.ts';
import type { Paging } from '../../../lambda/core/pull/stream.ts';
import { judgeListing } from '../../../operator/doctor/judge-listing.ts';
import type { FirstPage } from '../../../operator/procurios/recognize-paging.ts';
import { streamOf } from '../../support/streams.ts';

function judge(paging: Paging, objects: readonly Json[], more: Partial<FirstPage> = {}) {
  const page: FirstPage = { lists: [''], objects, links: 'none', hasNext: false, ...more };
  return judgeListing(streamOf({ paging }), { page });
}

describe('judgeListing()', () => {
  test('judgeListing() counts one object and one field in the singular', () => {
    expect(judge({ kind: 'onePage' }, [{ id: 1 }])).toEqual([
      {
        check: 'stream things',
        status: 'ok',
        what: '1 object with 1 field on page 1, key id, onePage()',
      },
    ]);
  });

  test('judgeListing() reports all problems of a listing at once', () => {
    const findings = judge({ kind: 'onePage' }, [{ no: 1 }, { no: 2 }], { links: 'href', hasNext: true });

    expect(findings.map(({ fix }) => fix)).toEqual(["set key: 'no'", 'set paging: hal()']);
  });

  test('judgeListing() leaves the verdict on an empty list open', () => {
    expect(judge({ kind: 'numberedPages', ahead: 8 }, [])).toMatchObject([{ status: 'information' }]);
  });

  test('judgeListing() accepts onePage() for a single page with links', () => {
    const objects = [{ id: 1 }, { id: 2 }, { id: 3 }];

    expect(judge({ kind: 'onePage' }, objects, { links: 'href' })).toMatchObject([{ status: 'ok' }]);
  });

  test('judgeListing() names the fields if none of them is unique', () => {
    const same = { a: 1, b: 'x' };

    const [finding] = judge({ kind: 'hal' }, [same, same], { links: 'href' });

    expect(finding?.fix).toMatch(/or add a unique field in Procurios; the fields are a, b$/);
  });
});
