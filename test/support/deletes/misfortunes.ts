import type { Draws } from '../../../local/simulator/data/draws.ts';
import type { ModelListing, ModelObject } from './listing.ts';
import type { Answers } from './reading.ts';

/** What goes wrong with a reading. */
export interface Misfortune {
  readonly answers: Answers;
  readonly isCached: boolean;
  /** The reading ends before this request. */
  readonly endsAt?: number;
  readonly end?: 'stop' | 'fail';
  /** So many objects are out of sight from its beginning on, for the night. */
  readonly outOfSight: number;
}

const FAULTS = [
  'stop',
  'stop',
  'fail',
  'emptyPage',
  'emptyPage',
  'emptyList',
  'cached',
  'smallerPages',
  'largerPages',
  'outOfSight',
  'outOfSight',
] as const;

export function goodFortune(pageSize: number): Misfortune {
  return { answers: { pageSize: () => pageSize }, isCached: false, outOfSight: 0 };
}

/** @param yesterday - The list as it was the night before. */
export function drawMisfortune(
  draws: Draws,
  listing: ModelListing,
  pageSize: number,
  yesterday: readonly ModelObject[],
  chance: number,
): Misfortune {
  const well = goodFortune(pageSize);
  const usual = well.answers;
  if (!draws.chance(chance)) return well;
  const pages = Math.ceil(listing.count / pageSize);
  const request = draws.between(1, pages + 1);
  const other = Math.max(5, Math.round(pageSize * 0.8));
  switch (draws.pick(FAULTS)) {
    case 'stop':
      return { ...well, endsAt: request, end: 'stop' };
    case 'fail':
      return { ...well, endsAt: request, end: 'fail' };
    case 'emptyPage':
      return { ...well, answers: { ...usual, emptyPage: draws.between(1, Math.max(1, pages - 1)) } };
    case 'emptyList':
      return { ...well, answers: { ...usual, isEmpty: true } };
    case 'cached':
      return { ...well, answers: { ...usual, snapshot: yesterday }, isCached: true };
    case 'smallerPages':
      return { ...well, answers: { pageSize: (made) => (made < request ? pageSize : other) } };
    case 'largerPages':
      return { ...well, answers: { pageSize: (made) => (made < request ? other : pageSize) } };
    default:
      return { ...well, outOfSight: draws.between(1, Math.floor(listing.count / 3)) };
  }
}
