import type { Approval } from './approval.ts';
import type { Archivable, Archive } from './archive.ts';
import type { Evidence, Known } from './evidence.ts';

/** What is stored about a stream's absent objects. */
export interface StoredKnown {
  readonly known: Known;
  /** Whether what was stored cannot be read any more. Then no absence is known, and of the rest only the walks, if they can be read. */
  readonly areAbsencesLost: boolean;
}

/** The store of what is known of absent objects, and of what operators decided about them. */
export interface AbsenceStore {
  load(stream: string): Promise<StoredKnown>;
  /**
   * Saves what is known. The evidence comes last, so a crash leaves what was saved before.
   *
   * @throws {SyncError} `RUN_ACTIVE` if a pull with a higher fence wrote it; `STORE_*`.
   */
  save(stream: string, known: Known): Promise<void>;
  /** The approvals that are in force. */
  approvals(stream: string, evidence: Evidence): Promise<readonly Approval[]>;
}

/** A live item whose key a walk did not see. Plain JSON. */
export interface UnseenItem extends Archivable {
  readonly hash: string;
  /** Absent if another program removed it. */
  readonly changedAt?: string;
}

/** A tombstone that names a survivor. */
export interface MergedItem extends Archivable {
  readonly mergedInto: string;
}

/** What a scan for unseen items meets. An item may come twice. */
export interface UnseenTake {
  unseen(item: UnseenItem): void;
  /** Any tombstone that names a survivor, because a late entry in the archive may name another one. */
  merged(item: MergedItem): void;
}

/** An item to bury, as it was when it was judged. */
export interface Burial {
  readonly item: UnseenItem;
  /** The tombstone's `_deletedBecause`. */
  readonly because: string;
  /** The survivor of a merge, as the archive names it; absent if there is none. */
  readonly mergedInto?: string;
}

/** What became of burials. */
export interface BuryEnd {
  /** The first so many burials were done. The others were not begun, because the time was up. */
  readonly done: number;
  /** The ids of the items that are tombstones now, or not in the table. */
  readonly gone: readonly string[];
  /** The ids of the items that are no longer what was judged, so they stay. */
  readonly changed: readonly string[];
}

/** A stream's table, as far as deletes need it. */
export interface DeletesTable {
  /**
   * Scans the table for live items that the walk did not see. Items without `_hash` are left out, because another program wrote them.
   *
   * @param isConsistent - Whether the scan must see all earlier writes, which costs twice as much.
   * @throws The signal's reason, if it aborts; {SyncError} `STORE_*`.
   */
  scanUnseen(
    isSeen: (id: string) => boolean,
    isConsistent: boolean,
    signal: AbortSignal,
    take: UnseenTake,
  ): Promise<void>;
  /**
   * Makes items tombstones, or deletes them if they have no room for their mark or tombstones are not retained. Repeated, a no-op.
   *
   * @param mayGoOn - Asked before each batch of 500 but the first.
   * @throws {SyncError} `RUN_ACTIVE` when the lease has run out; `STORE_*`. Some of the items may be buried then.
   */
  bury(burials: readonly Burial[], mayGoOn: () => boolean): Promise<BuryEnd>;
  /** Names other survivors in tombstones. One that names another survivor than `from` by now, or is gone, stays as it is. */
  renameSurvivors(renamed: readonly RenamedSurvivor[]): Promise<void>;
}

/** A stream's table, as far as an operator decides about single items. */
export interface LiveItemsTable {
  /** Reads those of the items that are live. @throws {SyncError} `STORE_*`. */
  readLive(ids: readonly string[]): Promise<readonly UnseenItem[]>;
}

/** A tombstone whose chain of merges became longer. */
export interface RenamedSurvivor {
  readonly id: string;
  readonly from: string;
  readonly to: string;
}

/** The archive that another stream's table holds. */
export interface ArchiveTable {
  /** Reads the entries with these keys, and those of the objects into which theirs were merged. */
  read(keys: Iterable<string>): Promise<Archive>;
}
