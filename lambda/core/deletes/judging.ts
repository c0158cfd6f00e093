import type { Counts } from '../pull/counts.ts';
import type { Failure } from '../pull/receipt.ts';
import type { LookFailure } from './evidence.ts';
import type { WalkFacts } from './walk-facts.ts';

/** What is kept of a counted walk's judgement between slices. Plain JSON. */
export interface Judging {
  readonly facts: WalkFacts;
  /** The run that read the walk's last page, or the last one of its look. */
  readonly readBy: string;
  /** Why the walk is incomplete although it counts: pages in front of filled ones were empty. Absent if it is complete. */
  readonly shortfall?: Failure;
  /** Absent if the list was not read again. */
  readonly look?: JudgedLook;
  /** Absent until all that goes is gone. */
  readonly carried?: CarriedAccount;
}

/** How a look ended. */
export interface JudgedLook {
  /** When its last page was read, RFC 3339. */
  readonly ended: string;
  /** Why it proves nothing; absent if it does. */
  readonly failure?: LookFailure;
  readonly counts: Readonly<Counts>;
}

/** What a walk's judgement came to, for its balance. */
export interface CarriedAccount {
  /** The live items that neither the walk nor its look showed. */
  readonly unseen: number;
  /** Those of them that are gone now. */
  readonly gone: number;
}
