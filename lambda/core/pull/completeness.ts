import { type Doubts, doubtsText, noteDoubt } from './doubts.ts';
import type { Page } from './page.ts';
import type { Failure } from './receipt.ts';
import type { Stream } from './stream.ts';
import type { Walk } from './walk.ts';

/** How many objects of a page have a key, and how many keys the walk had not seen. */
export interface Shown {
  readonly keyed: number;
  readonly newKeys: number;
}

/** Adds to the walk what a page shows that speaks against its completeness. */
export function noteFacts(walk: Pick<Walk, 'doubts' | 'total'>, page: Page, shown: Shown): void {
  const isLast = page.next === undefined;
  if (page.doubt !== undefined) noteDoubt(walk.doubts, page.doubt, page.number);
  else if (!isLast && page.objects.length === 0) noteDoubt(walk.doubts, { kind: 'hole' }, page.number);
  else if (shown.keyed > 0 && shown.newKeys === 0) {
    noteDoubt(walk.doubts, { kind: 'nothingNew' }, page.number);
  }
  // The smallest, because a list that grows during the walk may leave out what came in front of the pages already read.
  if (page.total !== undefined) walk.total = Math.min(walk.total ?? page.total, page.total);
}

/** What a walk saw, as far as its completeness depends on it. */
export interface WalkFacts extends Pick<Walk, 'keyless' | 'total'> {
  readonly doubts: Readonly<Doubts>;
  readonly seen: { readonly count: number };
}

/**
 * Why a walk that reached the listing's end is not complete; undefined if it is.
 *
 * A walk is complete if nothing that it saw speaks against it.
 */
export function incompleteness(walk: WalkFacts, stream: Stream): Failure | undefined {
  const { keyless, doubts, seen, total = 0 } = walk;
  if (keyless > 0) {
    const objects = keyless === 1 ? '1 object has' : `${inWords(keyless)} objects have`;
    const message = `${objects} no usable key (${stream.key.join(', ')}), so completeness cannot be verified`;
    return { code: 'RESPONSE_INVALID', message };
  }
  const missing = total > seen.count;
  const reasons = [
    doubtsText(doubts),
    missing ? `it says that it has ${inWords(total)} objects and showed ${inWords(seen.count)}` : '',
  ].filter((reason) => reason !== '');
  if (reasons.length === 0) return undefined;
  const message = `the listing was read to its end, but objects may be missing: ${reasons.join('; ')}`;
  return { code: 'LISTING_INCOMPLETE', message };
}

const inWords = (count: number): string => count.toLocaleString('en-US');
