/** What a table is made of. A key's part is its name and DynamoDB's letter for its type: `_id S`. */
export interface TableShape {
  /** DynamoDB's word: `ACTIVE`, `CREATING`, … */
  readonly status: string;
  /** Partition key first. */
  readonly key: readonly string[];
  /** The keys of its indexes, by name. */
  readonly indexes: Readonly<Record<string, readonly string[]>>;
  /** The attribute by which items expire; absent: they do not. */
  readonly expiresOn?: string;
}

/** What tables have to be. */
export type ExpectedTable = Pick<TableShape, 'key' | 'indexes'>;

export const STREAM_TABLE: ExpectedTable = { key: ['_id S'], indexes: {} };

export const STATE_TABLE: ExpectedTable = {
  key: ['pk S', 'sk S'],
  indexes: { byOutcome: ['outcome S', 'queuedAt S'] },
};

export const EXPIRES_ON = '_expiresAt';
