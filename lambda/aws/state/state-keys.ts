import { PARTITION } from '../../deployment/tables.ts';

/** A row's key in the state table. */
export interface StateKey {
  readonly pk: string;
  readonly sk: string;
}

/** The state table's rows: the key of each kind. */
export const STATE_KEYS = {
  /** Which pull may write. */
  pullLease: { pk: PARTITION.leases, sk: 'pull' },
  /** Which process may renew the user's token. */
  tokenLease: { pk: PARTITION.leases, sk: 'token' },
  /** A run's receipt. Sorted by key, runs are in the order of their start. */
  run: (startedAt: string, runId: string): StateKey => ({
    pk: PARTITION.runs,
    sk: `${startedAt}#${runId}`,
  }),
  /** What is known of a stream's table from the walks that ended, such as when it was last whole. */
  stream: (stream: string): StateKey => ({ pk: PARTITION.stream(stream), sk: 'state' }),
  /** An object that could not be stored. */
  reject: (stream: string, label: string): StateKey => ({
    pk: PARTITION.stream(stream),
    sk: `reject#${label}`,
  }),
  /** The position of a walk, or the record of a finished one. */
  walk: (stream: string): StateKey => ({ pk: PARTITION.walk(stream), sk: 'position' }),
  /** Keys and links that a walk met. @param part - The slice's number and the part's: `00000001#0`. */
  seen: (stream: string, walkId: string, part: string): StateKey => ({
    pk: PARTITION.walk(stream),
    sk: `seen#${walkId}#${part}`,
  }),
  /** Items of the stream's table that a walk has not seen. @param part - As for `seen`. */
  scanned: (stream: string, partition: number, walkId: string, part: string): StateKey => ({
    pk: PARTITION.walk(`${stream}#${partition}`),
    sk: `scanned#${walkId}#${part}`,
  }),
  /** What the walks of a stream proved about absent objects. */
  evidence: (stream: string): StateKey => ({ pk: PARTITION.absence(stream), sk: 'evidence' }),
  /** Absent objects. @param part - The part's number. */
  absences: (stream: string, set: string, part: string): StateKey => ({
    pk: PARTITION.absence(stream),
    sk: `set#${set}#${part}`,
  }),
  /** An operator's approval of deletes. @param part - When it was given, and the part's number: `2026-11-24T03:00:00.000Z#0`. */
  approval: (stream: string, heldId: string, part: string): StateKey => ({
    pk: PARTITION.absence(stream),
    sk: `approval#${heldId}#${part}`,
  }),
  /** The prefix of all approvals of a stream. */
  approvals: (stream: string): StateKey => ({ pk: PARTITION.absence(stream), sk: 'approval#' }),
  /** A change's entry in the ledger. */
  change: (changeId: string): StateKey => ({ pk: PARTITION.change(changeId), sk: 'ledger' }),
} as const;
