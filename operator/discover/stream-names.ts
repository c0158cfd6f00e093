import { printable } from '../words.ts';

/** Names of tables may be longer, but these are easier to type. */
const LONGEST = 40;

/** Makes a unique name for each title: lower case letters, digits and hyphens, and not that of the state table. */
export function streamNames(titles: readonly string[]): string[] {
  const taken = new Set<string>();
  return titles.map((title) => {
    const base = slugOf(title) || 'stream';
    // The table of a stream called `state` would have the name of the state table.
    const safe = /(?:^|-)state$/.test(base) ? `${base}s` : base;
    let name = safe;
    for (let number = 2; taken.has(name); number += 1) name = `${safe}-${number}`;
    taken.add(name);
    return name;
  });
}

/** `Leden & donateurs (2026)` becomes `leden-donateurs-2026`; `Café` becomes `cafe`. */
export function slugOf(title: string): string {
  return printable(title)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replace(/^-+|-+$/g, '');
}
