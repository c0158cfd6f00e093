/**
 * Why a walk does not read its table first. It then reads back the item of each object that a page shows, and does not know which
 * items the listing no longer shows.
 */
export type ReadBackReason =
  /** The map of the table would take too much memory. */
  | 'table too large'
  /** Scanning the table would cost more than reading back the items of the listing. */
  | 'table far larger than its listing';

/** The map of more items than this may take more than 180 MB of memory. */
export const MOST_ITEMS = 8_000_000;

/** A table of so many items is scanned whatever its listing shows, because that costs less than a cent. */
const ITEMS_ALWAYS_SCANNED = 100_000;
/**
 * A table is scanned until it has this many times the items of its listing. DynamoDB bills a scan by bytes, and other reads by item,
 * rounded up to 4 KB: one item that is read back costs as much as four scanned items of 1 KB, or twenty of 200 bytes.
 */
const MOST_TIMES_LISTED = 20;

/** A count of a table's items is believed for so long, because reading items back does not tell when a table has shrunk. 30 days. */
const COUNT_BELIEVED_MS = 30 * 24 * 60 * 60 * 1000;

/** What is known of a stream from earlier walks; a field is absent if no earlier walk told it. */
interface Known {
  /** Objects that the listing showed. */
  readonly listed?: number;
  /** Items that the table has. */
  readonly inTable?: number;
  /** When a scan counted them last, RFC 3339. */
  readonly countedAt?: string;
}

/**
 * Decides from the last walks how a new walk learns what the table has; undefined if it scans the table.
 *
 * @param countsAbsences - Whether the stream must know what its listing no longer shows, so that only memory speaks against a scan.
 */
export function readBackReason(
  { listed, inTable = 0, countedAt }: Known,
  nowMs: number,
  countsAbsences: boolean,
): ReadBackReason | undefined {
  if (countedAt === undefined || nowMs - Date.parse(countedAt) > COUNT_BELIEVED_MS) return undefined;
  if (inTable > MOST_ITEMS) return 'table too large';
  if (countsAbsences || listed === undefined || inTable <= ITEMS_ALWAYS_SCANNED) return undefined;
  return inTable > MOST_TIMES_LISTED * listed ? 'table far larger than its listing' : undefined;
}
