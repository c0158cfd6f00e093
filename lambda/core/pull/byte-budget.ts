/**
 * What a slice may hold in memory, in bytes of JSON text: pages in flight, objects that wait, and calls under way. Parsed, a page
 * takes about three times its text, so this fits a function of 512 MB, with one page of the largest size. 48 MB.
 */
const MOST_BYTES = 48 * 1024 * 1024;

/** The memory of one slice, shared by the requests for pages and by the writer of the table. */
export interface ByteBudget {
  take(bytes: number): void;
  free(bytes: number): void;
  /** Whether that much more can be held. */
  fits(bytes: number): boolean;
  /** Records the size of a page, which the next ones are expected to have too. */
  notePage(bytes: number): void;
  /** The largest page so far; 0 before the first. */
  readonly pageBytes: number;
}

/** A value takes up to 100 bytes when parsed, as an empty object or with a name that no other has, and 3 characters of text. */
const BYTES_PER_VALUE = 16;

/** What a page counts in the budget. A page of a million small values takes far more memory than three times its text. */
export function weightOfPage(length: number, values: number): number {
  return length + BYTES_PER_VALUE * values;
}

export function createByteBudget(mostBytes = MOST_BYTES): ByteBudget {
  let held = 0;
  let pageBytes = 0;
  return {
    take(bytes) {
      held += bytes;
    },
    free(bytes) {
      held -= bytes;
    },
    fits: (bytes) => held + bytes <= mostBytes,
    notePage(bytes) {
      pageBytes = Math.max(pageBytes, bytes);
    },
    get pageBytes() {
      return pageBytes;
    },
  };
}
