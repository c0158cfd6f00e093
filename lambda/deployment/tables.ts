import type { Outcome } from '../core/push/ledger-entry.ts';

/** The names of the attributes that make up a key: the partition key, then the sort key if there is one. All are strings. */
export type Key = readonly string[];

/** The keys of a table, and of its global secondary indexes by their names. The indexes have all attributes of the items. */
export interface TableKeys {
  readonly key: Key;
  readonly indexes: Readonly<Record<string, Key>>;
}

/** A stream's table. */
export const STREAM_TABLE: TableKeys = { key: ['_id'], indexes: {} };

/** The index over the ledger. Other rows of the state table are not in it, because they lack its attributes. */
export const BY_OUTCOME = 'byOutcome';

/** The outcomes of changes that wait: the partition keys of that index by which the push watches the ledger. */
export const WAITING_OUTCOMES: readonly Outcome[] = ['queued', 'sending', 'waiting', 'unknown'];

/** The table with receipts, walks, leases and the ledger. */
export const STATE_TABLE: TableKeys = {
  key: ['pk', 'sk'],
  indexes: { [BY_OUTCOME]: ['outcome', 'queuedAt'] },
};

/** The attribute by which DynamoDB lets items of all tables expire, in seconds since the epoch. */
export const EXPIRES_AT = '_expiresAt';

/**
 * The partition keys of the state table.
 *
 * They are also the leading keys by which the functions' rights are limited: IAM takes `*` for any name, so
 * `PARTITION.walk('*')` stands for the walks of all streams.
 */
export const PARTITION = {
  runs: 'run',
  leases: 'lease',
  stream: (stream: string) => `stream#${stream}`,
  walk: (stream: string) => `walk#${stream}`,
  absence: (stream: string) => `absence#${stream}`,
  change: (changeId: string) => `change#${changeId}`,
} as const;
