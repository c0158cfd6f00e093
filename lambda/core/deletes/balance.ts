import type { Known } from './evidence.ts';

/** What became of the unseen objects of a counted walk. */
export interface UnseenFates {
  /** Not gone by the evidence so far, or waiting for clean evidence or a look. */
  readonly missed: number;
  readonly held: number;
  readonly kept: number;
  /** Marked or deleted by this walk. */
  readonly gone: number;
  readonly overflow: number;
}

/**
 * Counts what became of the unseen.
 *
 * @param known - Without the absences of those that are gone.
 */
export function fatesOf({ evidence, absences }: Known, gone: number): UnseenFates {
  let held = 0;
  let kept = 0;
  for (const { mark } of absences.values()) {
    if (mark === 'held') held += 1;
    else if (mark === 'kept') kept += 1;
  }
  return { missed: absences.size - held - kept, held, kept, gone, overflow: evidence.overflow };
}

/**
 * Whether every unseen object has one fate. If not, objects were lost or counted twice, and the walk fails.
 *
 * @param unseen - The live items that neither the walk nor its look showed, those included that are gone.
 */
export function isBalanced(unseen: number, { missed, held, kept, gone, overflow }: UnseenFates): boolean {
  return unseen === missed + held + kept + gone + overflow;
}
