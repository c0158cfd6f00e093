import { type Finding, failure, information, ok, warning } from './finding.ts';

/** More than the answer's way and the header's whole seconds explain. */
const NOTICEABLE_MS = 30_000;
/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html */
const REFUSED_BY_AWS_MS = 5 * 60_000;

/**
 * Compares this machine's clock with that of a server.
 *
 * @param serverMs - The answer's `Date`, in milliseconds since the epoch; undefined: it had none.
 * @param hereMs - When the answer came.
 */
export function judgeClock(serverMs: number | undefined, hereMs: number): Finding {
  if (serverMs === undefined) return information('clock', 'Procurios does not say what time it is');
  const aheadMs = hereMs - serverMs;
  const size = Math.abs(aheadMs);
  if (size < NOTICEABLE_MS) return ok('clock', 'agrees with that of Procurios');
  const what = `this machine's clock is ${spanText(size)} ${aheadMs > 0 ? 'ahead of' : 'behind'} that of Procurios`;
  const fix = 'set the clock: turn on its synchronisation (NTP)';
  return size < REFUSED_BY_AWS_MS
    ? warning('clock', what, fix)
    : failure('clock', `${what}; AWS refuses what is signed more than 5 minutes off`, fix);
}

function spanText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} seconds`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
