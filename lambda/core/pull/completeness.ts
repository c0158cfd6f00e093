import { type Doubts, doubtsText, noteDoubt } from './doubts.ts';
import type { Page } from './page.ts';
import type { Failure } from './receipt.ts';
import type { Stream } from './stream.ts';
import type { Walk } from './walk.ts';

/** What a page shows, as far as the walk's continuation depends on it. */
export interface Shown {
  /** The ids of the objects that have a key, in the page's order. */
  readonly ids: readonly string[];
  /** How many keys the walk had not seen. */
  readonly newKeys: number;
  /** Whether it may stand in the place of another page. */
  readonly repeatsOnly: boolean;
}

/**
 * Whether a page without a new key may stand in the place of another one.
 *
 * Not if it shows how the page before ended: that is how a list goes on of which objects moved one place on, because one was added in
 * front of them. A page in the place of another one is a whole page, or begins as one.
 *
 * @param before - The ids of the page before; empty if the walk does not know them any more.
 */
export function repeatsOnly(ids: readonly string[], newKeys: number, before: readonly string[]): boolean {
  if (ids.length === 0 || newKeys > 0) return false;
  const start = before.length - ids.length;
  return start <= 0 || ids.some((id, index) => id !== before[start + index]);
}

/** Adds to the walk what a page shows that speaks against its completeness. */
export function noteFacts(walk: Pick<Walk, 'doubts' | 'total'>, page: Page, shown: Shown): void {
  if (page.doubt !== undefined) noteDoubt(walk.doubts, page.doubt, page.number);
  else if (shown.repeatsOnly) noteDoubt(walk.doubts, { kind: 'nothingNew' }, page.number);
  // The smallest, because a list that grows during the walk may leave out what came in front of the pages already read.
  if (page.total !== undefined) walk.total = Math.min(walk.total ?? page.total, page.total);
}

/** What a walk saw, as far as its completeness depends on it. */
export interface WalkFacts extends Pick<Walk, 'keyless' | 'total'> {
  readonly doubts: Readonly<Doubts>;
  readonly table: { readonly seenCount: number };
}

/** Why a walk that reached the listing's end is not complete. */
export interface Shortfall extends Failure {
  /** Present if nothing but empty pages in front of filled ones speaks against it. For deletes the walk is evidence then. */
  readonly hasOnlyHoles?: true;
}

/**
 * Why a walk that reached the listing's end is not complete; undefined if it is.
 *
 * A walk is complete if nothing that it saw speaks against it.
 */
export function incompleteness(walk: WalkFacts, stream: Stream): Shortfall | undefined {
  const { keyless, table, total = 0 } = walk;
  const { hole, ...others } = walk.doubts;
  const doubts = stream.holes === 'count' || hole === undefined ? others : { hole, ...others };
  if (keyless > 0) {
    const objects = keyless === 1 ? '1 object has' : `${inWords(keyless)} objects have`;
    const message = `${objects} no usable key (${stream.key.join(', ')}), so completeness cannot be verified`;
    return { code: 'RESPONSE_INVALID', message };
  }
  const missing = total > table.seenCount;
  const reasons = [
    doubtsText(doubts),
    missing ? `it says that it has ${inWords(total)} objects and showed ${inWords(table.seenCount)}` : '',
  ].filter((reason) => reason !== '');
  if (reasons.length === 0) return undefined;
  const message = `the listing was read to its end, but objects may be missing: ${reasons.join('; ')}`;
  const hasOnlyHoles = !missing && doubtsText(others) === '';
  return { code: 'LISTING_INCOMPLETE', message, ...(hasOnlyHoles && { hasOnlyHoles }) };
}

const inWords = (count: number): string => count.toLocaleString('en-US');
