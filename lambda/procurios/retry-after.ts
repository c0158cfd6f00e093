/**
 * Reads a `Retry-After` header, in seconds or as a date.
 *
 * @returns Milliseconds from now, 0 for a date gone by; undefined where there is none that can be read.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function parseRetryAfter(value: string | null, nowMs: number): number | undefined {
  if (value === null) return undefined;
  if (/^\d{1,10}$/.test(value)) return Number(value) * 1000;
  if (!/^[A-Z][a-z]+,? .*\d/.test(value)) return undefined;
  const dateMs = Date.parse(value);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
