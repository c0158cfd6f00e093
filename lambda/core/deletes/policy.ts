import type { DeleteGuard, Paging, Stream } from '../pull/stream.ts';

/** What a stream's configuration says about deletes. Plain JSON. */
export interface DeletePolicy {
  /** `report`: absences are counted and shown, but no item is marked and no operator is asked. */
  readonly mode: 'fromWalk' | 'report';
  readonly paging: Paging['kind'];
  /** So many counted walks in a row must miss an object: 3 to 14, or 2 to 14 where {@link needsBothDirections} is false. */
  readonly goneAfter: number;
  readonly guard: DeleteGuard;
  /** `count`: empty pages in the middle of the listing are normal. */
  readonly holes: 'wait' | 'count';
}

/** The policy of a checked stream; undefined if absences are not counted. */
export function deletePolicyOf({
  deletes,
  paging,
  goneAfter,
  guard,
  holes,
}: Stream): DeletePolicy | undefined {
  return deletes === 'never' ? undefined : { mode: deletes, paging: paging.kind, goneAfter, guard, holes };
}

export const DEFAULT_GUARD: DeleteGuard = { share: 0.05, most: 500 };

/** The range of `goneAfter` for a kind of paging. */
export function goneAfterRange(paging: Paging['kind']): readonly [least: number, most: number] {
  return [paging === 'after' || paging === 'onePage' ? 2 : 3, MOST_WALKS];
}

/** Evidence names so many counted walks. */
export const MOST_WALKS = 14;

/**
 * Whether pages can be asked for by number, so that walks go up and down in turn. An object that moves between pages while they
 * are read can be missed by every walk in one direction, but hardly by walks in both.
 */
export function turns(paging: Paging['kind']): boolean {
  return paging === 'hal' || paging === 'numberedPages';
}

/** Whether a page's content depends on how many objects are in front of it. */
export function isPageNumbered(paging: Paging['kind']): boolean {
  return turns(paging) || paging === 'linkedPages';
}
