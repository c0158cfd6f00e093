const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) {
    return known;
  }
  // Sweden writes dates as ISO 8601 does, with a space for the T.
  const created = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  formats.set(timeZone, created);
  return created;
}

/** `yyyy-mm-dd HH:ii:ss`, as the fundraising module writes it. */
export function spacedDateTime(ms: number, timeZone: string): string {
  return formatFor(timeZone).format(ms);
}

/** `yyyy-mm-ddThh:mm:ss` without a zone, as meetings and contact moments write it. */
export function localDateTime(ms: number, timeZone: string): string {
  return spacedDateTime(ms, timeZone).replace(' ', 'T');
}

/** `yyyy-mm-ddThh:mm:ss+01:00`, as the archive and the webshop write it. */
export function offsetDateTime(ms: number, timeZone: string): string {
  const local = localDateTime(ms, timeZone);
  const minutes = Math.round((Date.parse(`${local}Z`) - ms) / 60_000);
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${local}${minutes < 0 ? '-' : '+'}${twoDigits(hours)}:${twoDigits(rest)}`;
}

/** `yyyy-mm-dd` of a number of days after another day, by the calendar alone. */
export function dateAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

const DATE_TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2}))?$/;

/**
 * Reads a `since`, `until` or `dateCreated…` parameter: `yyyy-mm-dd`, alone or with a time after a `T` or a space.
 *
 * @returns Milliseconds since the epoch; undefined if it is no such date.
 */
export function parseLocalDateTime(text: string, timeZone: string): number | undefined {
  const [, day, time = '00:00:00'] = DATE_TIME.exec(text) ?? [];
  const asUtc = Date.parse(`${day}T${time}Z`);
  if (day === undefined || Number.isNaN(asUtc)) {
    return undefined;
  }
  const offset = Date.parse(`${localDateTime(asUtc, timeZone)}Z`) - asUtc;
  const guess = asUtc - offset;
  // Around a change of the clock the zone's offset at the guess is the one that counts.
  return asUtc - (Date.parse(`${localDateTime(guess, timeZone)}Z`) - guess);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

const FIRST_DAY = Date.UTC(2010, 0, 4, 9);
/** The number of the object that was created halfway: earlier ones are years apart, later ones seconds. */
const HALFWAY = 2000;
const SPAN_MS = Date.UTC(2025, 5, 1) - FIRST_DAY;

/**
 * When the generated object with this number was created, in milliseconds since the epoch.
 *
 * Never decreases with the number and does not depend on how many there are, so that a `since` is found by halving.
 */
export function createdAt(id: number): number {
  return FIRST_DAY + Math.floor((SPAN_MS * id) / (id + HALFWAY) / 1000) * 1000;
}
