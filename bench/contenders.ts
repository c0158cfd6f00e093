import type { Round } from './scripts/round.ts';
import type { ScriptName } from './surroundings.ts';

/** A script and the kind of listing that it reads. */
export interface Contender {
  readonly label: string;
  readonly script: ScriptName;
  readonly listing: Round['listing'];
  /** Number of pages in flight. */
  readonly inFlight: number;
  /** Whether each round starts with an empty table, with the items of the round before, or with one in a hundred changed. */
  readonly table: 'empty' | 'unchanged' | '1 % changed';
  /** Objects in a round with latencies. Enough to make the start negligible. */
  readonly objects: number;
  /** Objects in a round without latencies and in the warm-up. */
  readonly objectsAtOnce: number;
}

export const PUT_EACH: Contender = {
  label: 'B1: axios, a PutCommand per object',
  script: 'put-each',
  listing: 'after',
  inFlight: 1,
  table: 'empty',
  objects: 300,
  objectsAtOnce: 2_000,
};
const PYTHON: Contender = {
  ...PUT_EACH,
  label: 'B2: Python, requests and boto3',
  script: 'python',
  objects: 3_000,
  objectsAtOnce: 3_000,
};
const BATCH_WRITE: Contender = {
  ...PUT_EACH,
  label: 'B3: axios, BatchWriteCommands in turn',
  script: 'batch-write',
  objects: 3_000,
  objectsAtOnce: 10_000,
};
export const AFTERNOON: Contender = {
  ...PUT_EACH,
  label: 'B4: an afternoon, with a hash',
  script: 'afternoon',
  objects: 6_000,
  objectsAtOnce: 16_000,
};
export const AFTERNOON_UNCHANGED = over(AFTERNOON, 'unchanged');
export const AFTERNOON_1_PERCENT = over(AFTERNOON, '1 % changed');
export const CURSOR: Contender = { ...AFTERNOON, label: 'ours, cursor', script: 'procurios-sync' };
export const UNCHANGED = over(CURSOR, 'unchanged');
const ONE_PERCENT = over(CURSOR, '1 % changed');
export const NUMBERED: Contender = {
  ...CURSOR,
  label: 'ours, numbered, 8 in flight',
  listing: 'numbered-pages',
  inFlight: 8,
  objects: 40_000,
};
export const HAL: Contender = { ...NUMBERED, label: 'ours, HAL, 8 in flight', listing: 'hal' };

const ALWAYS = [
  ...[PUT_EACH, BATCH_WRITE, AFTERNOON, AFTERNOON_UNCHANGED, AFTERNOON_1_PERCENT],
  ...[CURSOR, UNCHANGED, ONE_PERCENT, NUMBERED, HAL],
];

/** @param withPython - Whether this machine has what the script in Python needs. */
export function contenders(withPython: boolean): readonly Contender[] {
  return withPython ? [PYTHON, ...ALWAYS] : ALWAYS;
}

/** The same script and listing over a table that has items. */
function over(contender: Contender, table: 'unchanged' | '1 % changed'): Contender {
  return { ...contender, label: `${contender.label}, ${table}`, table };
}
