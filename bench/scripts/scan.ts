import { createDynamoDb } from '../../lambda/aws/clients.ts';
import { createStreamTable } from '../../lambda/aws/dynamodb/stream-table.ts';
import { newDigestSeed } from '../../lambda/core/pull/key-digest.ts';
import { readTable } from '../../lambda/core/pull/read-table.ts';
import { TableMap } from '../../lambda/core/pull/table-map.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import { serveRounds } from './round.ts';

/** A table to scan into a map. */
export interface ScanRound {
  readonly tableName: string;
}

/** The number of items in the map. */
export interface Scanned {
  readonly items: number;
}

const NEVER = new AbortController().signal;
const client = createDynamoDb();

serveRounds(async ({ tableName }: ScanRound): Promise<Scanned> => {
  const lease = { guard: () => NEVER };
  const port = createStreamTable({ client, tableName, runId: 'bench', lease, clock: systemClock });
  const walk = { table: new TableMap(newDigestSeed()), slices: 0 };
  await readTable(walk, port, NEVER);
  return { items: walk.table.size };
});
