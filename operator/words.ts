import { printable } from '../lambda/core/plain-text.ts';

export { printable };

/** Digits in groups of three: `12,345` in every locale. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 page`, `12,345 pages`. */
export function countOf(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** As {@link countOf}, with `or more` if counting ended at `most`. */
export function countUpTo(count: number, most: number, noun: string): string {
  return count >= most ? `${grouped(count)} or more ${noun}s` : countOf(count, noun);
}

/** What follows `the first` or `the last`: `page`, `12,345 pages`. */
export function severalOf(count: number, noun: string): string {
  return count === 1 ? noun : countOf(count, noun);
}

/** `1.2 s`, `4:05 min`, `2:00:10 h`. */
export function duration(ms: number): string {
  return ms < 60_000 ? `${(Math.floor(ms / 100) / 10).toFixed(1)} s` : wholeSeconds(ms);
}

/** As {@link duration}, rounded up to seconds: `12 s`, `4:05 min`. */
export function wholeSeconds(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, '0'));
  const hours = Math.floor(seconds / 3600);
  return hours > 0 ? `${hours}:${parts.join(':')} h` : `${Number(parts[0])}:${parts[1]} min`;
}

/** `2026-11-24 04:00`, in a time zone with an IANA name. */
export function minuteIn(timeZone: string, time: string): string {
  return new Date(time).toLocaleString('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
}

/** As {@link minuteIn}, with the zone, for a line that stands by itself: `2026-11-24 04:00 Europe/Amsterdam`. */
export function timeIn(timeZone: string, time: string): string {
  return `${minuteIn(timeZone, time)} ${timeZone}`;
}

/** `just now`, `12 min ago`, `5 h ago`, `3 days ago`; `in the future` if the time is more than a minute ahead. */
export function ago(time: string, nowMs: number): string {
  const minutes = Math.floor((nowMs - Date.parse(time)) / 60_000);
  if (minutes < -1) return 'in the future';
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${grouped(Math.floor(hours / 24))} days ago`;
}

/** As {@link printable}, on one line. U+2028 and U+2029 are replaced too, because they end a comment in JavaScript. */
export function oneLine(text: string): string {
  // Each run of spaces is looked at once. One pattern for a run with a break in it would take quadratic time.
  return printable(text.replace(/\s+/g, (run) => (/[\r\n\u2028\u2029]/.test(run) ? ' ' : run)));
}

/** The text, cut to `most` characters. The last character of a cut text is `…`. */
export function shortened(text: string, most: number): string {
  const characters = [...text];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text;
}
