const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) {
    return known;
  }
  // Swedish dates have the format of ISO 8601, with a space instead of the T.
  const created = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  formats.set(timeZone, created);
  return created;
}

/** Returns `yyyy-mm-dd HH:ii:ss`, the format of the fundraising module. */
export function spacedDateTime(ms: number, timeZone: string): string {
  return formatFor(timeZone).format(ms);
}

/** Returns `yyyy-mm-ddThh:mm:ss` without an offset, the format of meetings and contact moments. */
export function localDateTime(ms: number, timeZone: string): string {
  return spacedDateTime(ms, timeZone).replace(' ', 'T');
}

/** Returns `yyyy-mm-ddThh:mm:ss+01:00`, the format of the archive and the webshop. */
export function offsetDateTime(ms: number, timeZone: string): string {
  const local = localDateTime(ms, timeZone);
  const minutes = Math.round((Date.parse(`${local}Z`) - ms) / 60_000);
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${local}${minutes < 0 ? '-' : '+'}${twoDigits(hours)}:${twoDigits(rest)}`;
}

/** Returns the day, as `yyyy-mm-dd`, that is this many days after another. */
export function dateAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

const DATE_TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2}))?$/;

/**
 * Parses a `since`, `until` or `dateCreated…` parameter: `yyyy-mm-dd`, optionally with a time after a `T` or a space.
 *
 * @returns Milliseconds since the epoch; undefined if the text is not a date.
 */
export function parseLocalDateTime(text: string, timeZone: string): number | undefined {
  const [, day, time = '00:00:00'] = DATE_TIME.exec(text) ?? [];
  const asUtc = Date.parse(`${day}T${time}Z`);
  if (day === undefined || Number.isNaN(asUtc)) {
    return undefined;
  }
  const offset = Date.parse(`${localDateTime(asUtc, timeZone)}Z`) - asUtc;
  const guess = asUtc - offset;
  // If daylight saving time changes between `asUtc` and the guess, only the offset at the guess is right.
  return asUtc - (Date.parse(`${localDateTime(guess, timeZone)}Z`) - guess);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

const FIRST_DAY = Date.UTC(2010, 0, 4, 9);
/** Number of the object created in the middle of the span. Earlier objects are years apart, later ones seconds. */
const HALFWAY = 2000;
const SPAN_MS = Date.UTC(2025, 5, 1) - FIRST_DAY;

/**
 * Returns the creation time of the generated object with this number, in milliseconds since the epoch.
 *
 * The time never decreases with the number, so that a `since` can be found by binary search. It does not depend on the number
 * of objects.
 */
export function createdAt(id: number): number {
  return FIRST_DAY + Math.floor((SPAN_MS * id) / (id + HALFWAY) / 1000) * 1000;
}
