import type { Outcome } from '../../core/push/ledger-entry.ts';
import { BY_OUTCOME } from '../../deployment/tables.ts';
import type { Query, StateTable } from './state-table.ts';

/** The changes in the ledger that wait. */
export interface WaitingChanges {
  /** Changes that wait for an operator, as `isHeld` says; counted up to 100. */
  readonly held: number;
  /** When the oldest change in progress was queued, in milliseconds since the epoch; undefined if none is in progress. */
  readonly oldestQueuedMs: number | undefined;
}

/** More are not counted, because DynamoDB reads each with its body. */
const MOST_COUNTED = 100;
const PAGE = 10;
/** The same rule as `isHeld` for a change that is `waiting`. */
export const IS_HELD = 'attribute_not_exists(#notBefore)';
export const IS_IN_PROGRESS = 'attribute_exists(#notBefore)';

/** Reads by the index over the ledger, which lags it by moments. */
export async function readWaitingChanges(state: StateTable): Promise<WaitingChanges> {
  const counted = [of('unknown'), of('waiting', IS_HELD)].map((query) => state.count(query, MOST_COUNTED));
  const oldest = [of('queued'), of('sending'), of('waiting', IS_IN_PROGRESS)].map((query) =>
    oldestOf(state, query),
  );
  const [unknown = 0, held = 0] = await Promise.all(counted);
  const times = (await Promise.all(oldest)).filter((ms) => ms !== undefined);
  return {
    held: Math.min(MOST_COUNTED, unknown + held),
    oldestQueuedMs: times.toSorted((a, b) => a - b)[0],
  };
}

function of(outcome: Outcome, filter?: string): Query {
  return {
    index: BY_OUTCOME,
    keys: '#outcome = :outcome',
    values: { ':outcome': outcome },
    ...(filter !== undefined && { filter }),
  };
}

async function oldestOf(state: StateTable, query: Query): Promise<number | undefined> {
  for await (const [first] of state.query({ ...query, attributes: ['queuedAt'], pageSize: PAGE })) {
    if (first !== undefined) return Date.parse(String(first.queuedAt));
  }
  return undefined;
}
