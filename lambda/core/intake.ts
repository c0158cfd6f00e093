import { isObject } from './json.ts';
import { isKeyless } from './key.ts';
import type { Page } from './page.ts';
import { isReject, type Prepared, prepare } from './prepare.ts';
import type { Reject } from './reject.ts';
import type { Stream } from './stream.ts';
import type { Walk } from './walk.ts';

/** Empty pages in a row that a listing may show before its end, before it is given up as endless. */
const MOST_EMPTY_PAGES = 10;

/** A page's objects, sorted by what is to be done with them. */
export interface Intake {
  /** Shown for the first time in this walk, by `_id`; if a page shows one twice, the later one. */
  readonly fresh: readonly Prepared[];
  /** Shown before in this walk: to be compared with what was stored then. */
  readonly repeated: readonly Prepared[];
  readonly rejects: readonly Reject[];
}

/**
 * Takes a page into the walk: prepares its objects, marks their keys as seen and counts them.
 *
 * Whether the fresh and repeated ones are to be written is for the comparison with the table to say.
 */
export function takeIn(page: Page, stream: Stream, walk: Walk): Intake {
  const fresh = new Map<string, Prepared>();
  const repeated = new Map<string, Prepared>();
  const rejects: Reject[] = [];

  page.objects.forEach((object, index) => {
    const outcome = prepare(object, stream, walk.keyTypes, { page: page.number, index });
    if (isReject(outcome)) {
      rejects.push(outcome);
      if (outcome.id !== undefined) walk.seen.add(outcome.id);
      if (isKeyless(outcome.reason)) walk.keyless += 1;
      return;
    }
    walk.keyTypes ??= outcome.keyTypes;
    if (walk.seen.add(outcome.id)) {
      fresh.set(outcome.id, outcome);
      return;
    }
    walk.counts.repeated += 1;
    // The later one wins: of two in this page the first need not be stored at all.
    (fresh.has(outcome.id) ? fresh : repeated).set(outcome.id, outcome);
  });

  walk.counts.pages += 1;
  walk.counts.fetched += page.objects.length;
  walk.counts.rejected += rejects.length;
  walk.emptyPages = page.objects.length === 0 ? walk.emptyPages + 1 : 0;
  return { fresh: [...fresh.values()], repeated: [...repeated.values()], rejects };
}

/** How a walk stands after a page: at its end, to go on, or stuck with a reason. */
export type Standing =
  | { readonly kind: 'more' }
  | { readonly kind: 'complete' }
  | { readonly kind: 'stuck'; readonly code: 'PAGING_LOOP' | 'RESPONSE_INVALID'; readonly message: string };

/**
 * Decides from a page how its walk goes on, and notes the link that leads there.
 *
 * @param newKeys - How many keys of this page the walk had not seen before.
 */
export function standingAfter(page: Page, stream: Stream, walk: Walk, newKeys: number): Standing {
  const stuck = (code: 'PAGING_LOOP' | 'RESPONSE_INVALID', message: string): Standing => ({
    kind: 'stuck',
    code,
    message: `page ${page.number}: ${message}`,
  });

  if (walk.keyless > 0 && walk.seen.count === 0) {
    return stuck('RESPONSE_INVALID', `no object has the key ${stream.key.join(', ')}; ${fieldsOf(page)}`);
  }
  if (page.broken !== undefined) return stuck('RESPONSE_INVALID', page.broken);
  if (page.next === undefined) {
    return walk.keyless === 0
      ? { kind: 'complete' }
      : { kind: 'stuck', code: 'RESPONSE_INVALID', message: keylessMessage(walk.keyless, stream) };
  }
  const address = page.next.link ?? page.next.after;
  if (address !== undefined && !walk.followed.add(address)) {
    return stuck('PAGING_LOOP', 'the next page is one that was read already');
  }
  const isBlind = stream.paging.kind === 'numberedPages' || stream.paging.kind === 'after';
  if (isBlind && page.objects.length > 0 && newKeys === 0) {
    return stuck('PAGING_LOOP', 'every object was shown before, so the end cannot be told');
  }
  if (walk.emptyPages >= MOST_EMPTY_PAGES) {
    return stuck('PAGING_LOOP', `${MOST_EMPTY_PAGES} empty pages in a row, each with a link to a next one`);
  }
  return { kind: 'more' };
}

/** The names a first object has, for whoever configured a key that is not among them. */
function fieldsOf(page: Page): string {
  const [first] = page.objects;
  return isObject(first)
    ? `its fields are ${Object.keys(first).join(', ')}`
    : 'the list holds something else than objects';
}

function keylessMessage(keyless: number, stream: Stream): string {
  return `objects without a usable key (${stream.key.join(', ')}): ${keyless}; nobody can tell whether all are there`;
}
