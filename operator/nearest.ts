import leven from 'leven';

/** The share of letters that may differ. */
const MOST_DIFFERENT = 0.4;

/** The candidate that was probably meant, ignoring case; undefined if none is similar. */
function nearest(text: string, candidates: readonly string[]): string | undefined {
  const distances = candidates.map((candidate) => ({
    candidate,
    distance: leven(text.toLowerCase(), candidate.toLowerCase()),
  }));
  return distances
    .filter(({ candidate, distance }) => distance <= MOST_DIFFERENT * Math.max(text.length, candidate.length))
    .sort((one, other) => one.distance - other.distance)[0]?.candidate;
}

/** ` (did you mean …?)`, or an empty text if no candidate is similar. */
export function suggestionFor(text: string, candidates: readonly string[]): string {
  const meant = nearest(text, candidates);
  return meant === undefined ? '' : ` (did you mean ${meant}?)`;
}
