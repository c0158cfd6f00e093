import { type Finding, failure, information, ok, warning } from './finding.ts';

/** More than the delay of the answer and the whole seconds of the header account for. */
const NOTICEABLE_MS = 30_000;
/** AWS refuses requests whose time differs by more. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html */
const REFUSED_BY_AWS_MS = 5 * 60_000;

/**
 * Compares this machine's clock with the clock of Procurios.
 *
 * @param serverMs - The answer's `Date`, in milliseconds since the epoch; undefined if it had none.
 * @param hereMs - When the answer came, in milliseconds since the epoch.
 */
export function judgeClock(serverMs: number | undefined, hereMs: number): Finding {
  if (serverMs === undefined) return information('clock', 'not checked: the answer of Procurios has no Date');
  const aheadMs = hereMs - serverMs;
  const size = Math.abs(aheadMs);
  if (size < NOTICEABLE_MS) return ok('clock', 'agrees with the clock of Procurios');
  const what = `this machine's clock is ${spanText(size)} ${aheadMs > 0 ? 'ahead of' : 'behind'} the clock of Procurios`;
  const fix = 'set the clock, and turn on its synchronisation (NTP)';
  return size < REFUSED_BY_AWS_MS
    ? warning('clock', what, fix)
    : failure('clock', `${what}; AWS refuses requests if the clocks differ by more than 5 minutes`, fix);
}

function spanText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} seconds`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
