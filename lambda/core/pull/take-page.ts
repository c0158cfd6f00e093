import { isObject } from '../json.ts';
import { isKeyless } from './key.ts';
import type { Page } from './page.ts';
import { isReject, type Prepared, prepare } from './prepare.ts';
import type { Reject } from './reject.ts';
import type { Stream } from './stream.ts';
import type { Walk } from './walk.ts';

/** Pages in a row with nothing new that a listing may show before its end, before it is given up as endless. */
const MOST_BARREN_PAGES = 10;

/** A page's objects, sorted by what is to be done with them. */
export interface Intake {
  /** Shown for the first time in this walk, by `_id`; if a page shows one twice, the later one. */
  readonly fresh: readonly Prepared[];
  /** Shown before in this walk: to be compared with what was stored then. */
  readonly repeated: readonly Prepared[];
  readonly rejects: readonly Reject[];
  /** Objects with a key, and those of them whose key the walk had not seen. */
  readonly keyed: number;
  readonly newKeys: number;
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
  const keysBefore = walk.seen.count;
  const keylessBefore = walk.keyless;

  page.objects.forEach((object, index) => {
    const outcome = prepare(object, stream, walk.keyTypes, { page: page.number, index });
    if (isReject(outcome)) {
      rejects.push(outcome);
      if (outcome.id !== undefined) walk.seen.add(outcome.id);
      if (isKeyless(outcome.reason)) walk.keyless += 1;
      if (outcome.reason === 'KEY_TYPE_CHANGED') walk.retyped += 1;
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
  const newKeys = walk.seen.count - keysBefore;
  walk.barrenPages = newKeys === 0 ? walk.barrenPages + 1 : 0;
  return {
    fresh: [...fresh.values()],
    repeated: [...repeated.values()],
    rejects,
    keyed: page.objects.length - (walk.keyless - keylessBefore),
    newKeys,
  };
}

/** How a walk stands after a page: at its end, to go on, or stuck with a reason. */
export type Standing =
  | { readonly kind: 'more' }
  | { readonly kind: 'complete' }
  | { readonly kind: 'stuck'; readonly code: 'PAGING_LOOP' | 'RESPONSE_INVALID'; readonly message: string };

/**
 * Decides from a page how its walk goes on, and notes the link that leads there.
 *
 */
export function standingAfter(page: Page, stream: Stream, walk: Walk, intake: Intake): Standing {
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
    const doubt = doubtAbout(walk, stream);
    return doubt === undefined
      ? { kind: 'complete' }
      : { kind: 'stuck', code: 'RESPONSE_INVALID', message: doubt };
  }
  const address = page.next.link ?? page.next.after;
  if (address !== undefined && !walk.followed.add(address)) {
    return stuck('PAGING_LOOP', 'the next page is one that was read already');
  }
  const isBlind = stream.paging.kind === 'numberedPages' || stream.paging.kind === 'after';
  if (isBlind && intake.keyed > 0 && intake.newKeys === 0) {
    return stuck('PAGING_LOOP', 'every object was shown before, so the end cannot be told');
  }
  if (walk.barrenPages >= MOST_BARREN_PAGES) {
    return stuck(
      'PAGING_LOOP',
      `${MOST_BARREN_PAGES} pages in a row showed nothing new, and each leads to a next one`,
    );
  }
  return { kind: 'more' };
}

/** Names are the other side's: of any number and length, and with characters that a terminal would obey. */
const MOST_FIELDS = 20;
const LONGEST_FIELD = 60;
const shown = (name: string): string => name.replace(/\p{Cc}/gu, '�').slice(0, LONGEST_FIELD);

/** The names a first object has, for whoever configured a key that is not among them. */
function fieldsOf(page: Page): string {
  const [first] = page.objects;
  return isObject(first)
    ? `its fields are ${Object.keys(first).slice(0, MOST_FIELDS).map(shown).join(', ')}`
    : 'the list holds something else than objects';
}

/** Why a walk that reached the end is not complete all the same; undefined: it is. */
function doubtAbout({ keyless, retyped, counts }: Walk, stream: Stream): string | undefined {
  const key = stream.key.join(', ');
  if (keyless > 0)
    return `objects without a usable key (${key}): ${keyless}; nobody can tell whether all are there`;
  return retyped > 0 && retyped === counts.fetched
    ? `the key ${key} of every object has another type than before; if that is to be, remove the item ` +
        `stream#${stream.name} / state from the state table`
    : undefined;
}
