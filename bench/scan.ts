import { median } from './median.ts';
import { start } from './processes.ts';
import type { Cost } from './scripts/round.ts';
import type { Scanned, ScanRound } from './scripts/scan.ts';
import { startScript } from './surroundings.ts';

/** A table that is scanned into the map of a walk. Medians over the rounds. */
export interface ScanCost {
  readonly items: number;
  /** Signing, sending and parsing the calls, and adding the items to the map. */
  readonly cpuUsPerItem: number;
}

const TABLE: ScanRound = { tableName: 'scanned' };

export async function measureScan(items: number, rounds: number): Promise<ScanCost> {
  const dynamoDb = await start('./stand-ins/dynamodb.ts');
  await dynamoDb.ask({ fill: TABLE.tableName, items });
  const script = await startScript('scan', { procuriosHost: '', dynamoDbUrl: dynamoDb.greeting });
  const costs: (Cost & Scanned)[] = [];
  for (let count = 0; count < rounds; count += 1) costs.push(await script.ask<Cost & Scanned>(TABLE));
  for (const helper of [script, dynamoDb]) helper.end();
  const scanned = costs.at(-1)?.items ?? 0;
  return { items: scanned, cpuUsPerItem: (median(costs.map(({ cpuMs }) => cpuMs)) / scanned) * 1000 };
}
