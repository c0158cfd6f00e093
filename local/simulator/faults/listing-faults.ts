import { ApiError } from '../api-error.ts';
import type { ServedPage, Window } from '../listing.ts';
import type { FaultHooks } from './fault-hooks.ts';

type LinkTo = (page: number) => string;

/** Faults in the pages and links of a listing. */
export const listingFaults = {
  /** Limits the page size. Page numbers and links agree with the limit. */
  pageCap({ max }: { max: number }) {
    return { cap: max };
  },

  /** Serves a page without objects but with its links. */
  emptyPage() {
    return { alter: (page: ServedPage) => ({ ...page, objects: [] }) };
  },

  /** Serves a `next` link to an earlier page. */
  nextLoop({ to = 1 }: { to?: number }) {
    return {
      alter: (page: ServedPage, linkTo: LinkTo) => ({ ...page, links: { ...page.links, next: linkTo(to) } }),
    };
  },

  /** Serves an absolute `next` link, by default to another host. */
  foreignNext({ origin = 'https://elsewhere.example.com' }: { origin?: string }) {
    return {
      alter: ({ objects, links }: ServedPage) => ({
        objects,
        links: links.next === undefined ? links : { ...links, next: origin + links.next },
      }),
    };
  },

  /** Serves the last page for every page past the end. */
  repeatedLastPage() {
    return {
      aim({ page, size }: Window, pages: number) {
        const served = Math.min(page, pages);
        return { page: served, size, offset: (served - 1) * size };
      },
    };
  },

  /** Serves the first page for every page and cursor: with the links of the page asked for, or with its own, as a cache does. */
  stuckPage({ links = 'asked' }: { links?: 'asked' | 'own' }) {
    return {
      aim: ({ page, size }: Window) => ({ page: links === 'asked' ? page : 1, size, offset: 0 }),
    };
  },

  /** Refuses pages past the end. */
  refusedEnd({ status = 404 }: { status?: 400 | 404 }) {
    return {
      aim(window: Window, pages: number) {
        if (window.page > pages) {
          throw new ApiError(status, 'Unknown page');
        }
        return window;
      },
    };
  },
} satisfies Record<string, (options: never) => FaultHooks>;
