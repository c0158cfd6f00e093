import type { Listing, ServedPage, Window } from '../listing.ts';
import type { FaultHooks } from './fault-hooks.ts';

type LinkTo = (page: number) => string;

/** Faults in how a listing is cut into pages and linked. */
export const listingFaults = {
  /** Fewer objects on a page than asked for or documented; numbers and links agree with that. */
  pageCap({ max }: { max: number }) {
    return { cap: max };
  },

  /** No objects, but the links of the page as they would be. */
  emptyPage() {
    return { alter: (page: ServedPage) => ({ ...page, objects: [] }) };
  },

  /** A `next` link that leads back. */
  nextLoop({ to = 1 }: { to?: number }) {
    return {
      alter: (page: ServedPage, linkTo: LinkTo) => ({ ...page, links: { ...page.links, next: linkTo(to) } }),
    };
  },

  /** An absolute `next` link, to another host unless said otherwise. */
  foreignNext({ origin = 'https://elsewhere.example.com' }: { origin?: string }) {
    return {
      alter: ({ objects, links }: ServedPage) => ({
        objects,
        links: links.next === undefined ? links : { ...links, next: origin + links.next },
      }),
    };
  },

  /** Pages past the end show the last page again, for ever. */
  repeatedLastPage() {
    return {
      aim({ page, size }: Window, pages: number) {
        const served = Math.min(page, pages);
        return { page: served, size, offset: (served - 1) * size };
      },
    };
  },

  /** The first page, whichever page or cursor is asked for. */
  stuckPage() {
    return { aim: ({ page, size }: Window) => ({ page, size, offset: 0 }) };
  },

  /**
   * The list's first object is removed, or one is put in front of it, before a later page is served: then one object
   * is skipped, or shown twice, by whoever goes through the pages. The change stays.
   */
  shift({ by }: { by: 'removal' | 'insertion' }) {
    return {
      disturb({ ids, set }: Listing) {
        const [first] = ids.slice(0, 1);
        if (by === 'insertion') {
          set?.create({}, 'first');
        } else if (first !== undefined) {
          set?.remove(first);
        }
      },
    };
  },
} satisfies Record<string, (options: never) => FaultHooks>;
