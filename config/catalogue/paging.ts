import type { Paging } from '../../lambda/core/pull/stream.ts';

/** Pages that name the next one in `_links.next.href`, and the last one in `_links.last.href`. */
export function hal(): Paging {
  return { kind: 'hal' };
}

/**
 * Pages that name the next one in `_links.next`, a plain text.
 *
 * @param options - `amount`: objects to ask for per page, 1 to 1000; left out: as many as Procurios gives by itself.
 */
export function linkedPages(options: { readonly amount?: number } = {}): Paging {
  return { kind: 'linkedPages', ...options };
}

/**
 * Pages 1, 2, … that name no other; the first empty one is the end.
 *
 * @param options - `ahead`: pages to fetch at a time, 1 to 32; 8 by default.
 */
export function numberedPages(options: { readonly ahead?: number } = {}): Paging {
  return { kind: 'numberedPages', ahead: options.ahead ?? 8 };
}

/**
 * Pages that begin after the last object of the page before; the first empty one is the end.
 *
 * @param field - The objects' top-level field whose value is sent as `after`.
 */
export function after(field: string): Paging {
  return { kind: 'after', field };
}

/** The whole list in one answer. */
export function onePage(): Paging {
  return { kind: 'onePage' };
}
