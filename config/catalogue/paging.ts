import type { Paging } from '../../lambda/core/pull/stream.ts';

/** Pages that link to the next one in `_links.next.href`, and to the last one in `_links.last.href`. */
export function hal(): Paging {
  return { kind: 'hal' };
}

/**
 * Pages that link to the next one in `_links.next`, which is a plain text.
 *
 * @param options - `amount`: objects to ask for per page, 1 to 1000; without it, Procurios decides.
 */
export function linkedPages(options: { readonly amount?: number } = {}): Paging {
  return { kind: 'linkedPages', ...options };
}

/**
 * Pages numbered 1, 2, … without links. Three empty pages in a row end the list.
 *
 * @param options - `ahead`: pages to fetch at the same time, 1 to 32; 8 by default. `first`: the number of the first page, 0 or 1;
 * 1 by default.
 */
export function numberedPages(options: { readonly ahead?: number; readonly first?: number } = {}): Paging {
  return { kind: 'numberedPages', ahead: 8, ...options };
}

/**
 * Pages that each begin after the last object of the previous one. An empty page ends the list.
 *
 * @param field - Top-level field of the objects whose value is sent as the parameter `after`. It should be the key: objects that
 * share its value may be left out, which makes the walk incomplete.
 */
export function after(field: string): Paging {
  return { kind: 'after', field };
}

/** The whole list in one answer. */
export function onePage(): Paging {
  return { kind: 'onePage' };
}
