import type { Held, HeldReason, NotCounted } from '../../lambda/core/deletes/evidence.ts';
import { grouped, timeIn } from '../words.ts';

/** Why something is held, in words that follow "because". */
const REASONS: Readonly<Record<HeldReason, string>> = {
  overflow: 'more objects are unseen than the state table has room for',
  'never shown': 'some were never shown since the listing is read as it is',
  'too many': 'they are more than may go without an operator',
  'too many in a week': 'they are more than may go in a week without an operator',
  'one direction': 'the listing can only be read upwards, which proves too little',
  look: 'for 14 days no second reading of the list proved anything',
  'asked before': 'some were held before the counts started over',
  hole: 'for 14 days walks met empty pages in front of filled ones',
  empty: 'for 14 days walks showed an empty list',
  restless: 'for 14 days the list was re-ordered faster than it was read',
};

/** Why a walk did not count, in words that follow "because it". */
const NOT_COUNTED: Readonly<Record<NotCounted, string>> = {
  incomplete: 'is not complete',
  partial: 'did not read the whole listing',
  unknown: 'was not read in one way from its first page to its last',
  cached: 'got answers from a cache',
  'too long': 'took more than 24 hours',
  'too soon': 'began less than 10 hours after the last one that counted',
};

/** `501 held since …, because they are more than may go without an operator (500)`. */
export function heldText({ count, reason, limit, since }: Held, timeZone: string): string {
  const most = limit === undefined ? '' : ` (${grouped(limit)})`;
  return `${grouped(count)} held since ${timeIn(timeZone, since)}, because ${REASONS[reason]}${most}`;
}

/** Why a walk did not count; a text without a reason if an older version ended it. */
export function uncountedText(reason: NotCounted | undefined): string {
  return reason === undefined ? 'did not count' : `did not count, because it ${NOT_COUNTED[reason]}`;
}
