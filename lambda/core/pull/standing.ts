import { isObject } from '../json.ts';
import { incompleteness, type Shortfall, type Shown } from './completeness.ts';
import type { Page } from './page.ts';
import type { Stream } from './stream.ts';
import type { Walk } from './walk.ts';

/**
 * A walk's state after a page: it has `more` pages, is `complete`, or is `stuck` because its listing cannot be followed further or
 * was not shown as a whole.
 */
export type Standing =
  | { readonly kind: 'more' }
  | { readonly kind: 'complete' }
  | ({ readonly kind: 'stuck' } & Shortfall);

/** Pages in a row without a new key, each with a next page, after which the listing counts as endless. */
const MOST_BARREN_PAGES = 10;

/**
 * Decides how the walk continues after a page, and adds the link to the next one to `walk.followed`.
 */
export function judgeAndFollow(page: Page, stream: Stream, walk: Walk, shown: Shown): Standing {
  const stuck = (code: 'PAGING_LOOP' | 'RESPONSE_INVALID', message: string): Standing => ({
    kind: 'stuck',
    code,
    message: `page ${page.number}: ${message}`,
  });

  if (walk.keyless > 0 && walk.table.seenCount === 0) {
    return stuck('RESPONSE_INVALID', `no object has the key ${stream.key.join(', ')}; ${fieldsOf(page)}`);
  }
  if (page.broken !== undefined) return stuck('RESPONSE_INVALID', page.broken);
  if (page.next === undefined) {
    const failure = incompleteness(walk, stream);
    return failure === undefined ? { kind: 'complete' } : { kind: 'stuck', ...failure };
  }
  if (page.next.down?.leg === 'down') {
    // Read by number down to page 1, so without a loop, although pages behind the end show nothing new.
    walk.barrenPages = 0;
    return { kind: 'more' };
  }
  const address = page.next.down === undefined ? (page.next.link ?? page.next.after) : undefined;
  if (address !== undefined && !walk.followed.add(address)) {
    return stuck('PAGING_LOOP', 'its next page was already read');
  }
  const endsByEmptyPage = stream.paging.kind === 'numberedPages' || stream.paging.kind === 'after';
  if (endsByEmptyPage && shown.repeatsOnly) {
    return stuck(
      'PAGING_LOOP',
      'all its objects were on earlier pages, so the listing has no recognizable end',
    );
  }
  if (walk.barrenPages >= MOST_BARREN_PAGES) {
    return stuck(
      'PAGING_LOOP',
      `${MOST_BARREN_PAGES} pages in a row showed nothing new, and each has a next page`,
    );
  }
  return { kind: 'more' };
}

/** Field names come from the API: they may be of any number and length, and hold control characters. */
const MOST_FIELDS = 20;
const LONGEST_FIELD = 60;
const printable = (name: string): string => name.replace(/\p{Cc}/gu, '�').slice(0, LONGEST_FIELD);

/** The fields of the page's first object, to show which of them could be the key. */
function fieldsOf(page: Page): string {
  const [first] = page.objects;
  return isObject(first)
    ? `its fields are ${Object.keys(first).slice(0, MOST_FIELDS).map(printable).join(', ')}`
    : 'the list does not hold objects';
}
