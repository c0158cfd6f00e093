import { median } from './median.ts';
import { start } from './processes.ts';
import type { PushRound } from './scripts/push.ts';
import type { Cost } from './scripts/round.ts';
import { startScript } from './surroundings.ts';

/** Latencies of the stand-ins, in milliseconds. */
interface PushLatencies {
  /** Latency of a write to Procurios. */
  readonly writeMs: number;
  /** Latency of a call to the ledger. */
  readonly callMs: number;
}

/** Medians over the rounds. */
export interface PushSpeed {
  readonly label: string;
  readonly changes: number;
  readonly wallMs: number;
  /** Wall time of the slowest round minus that of the fastest, as a share of the median. */
  readonly spread: number;
  /** Lower bound for a handler that gets ten changes at a time and sends those of a subject one by one. */
  readonly boundMs: number;
  readonly cpuUsPerChange: number;
}

const PER_BATCH = 10;
const INDEPENDENT: PushRound = { changes: 200, subjects: PER_BATCH };
const ONE_SUBJECT: PushRound = { changes: 20, subjects: 1 };

/** Measures a handler with changes of independent subjects, and with changes of one subject. */
export async function measurePush(
  latencies: PushLatencies,
  rounds: number,
): Promise<{ independent: PushSpeed; oneSubject: PushSpeed }> {
  const procurios = await start('./stand-ins/procurios.ts');
  const dynamoDb = await start('./stand-ins/dynamodb.ts');
  const addresses = { procuriosHost: procurios.greeting, dynamoDbUrl: dynamoDb.greeting };
  const script = await startScript('push', addresses);
  const measure = async (label: string, round: PushRound): Promise<PushSpeed> => {
    const costs: Cost[] = [];
    for (let count = 0; count < rounds; count += 1) costs.push(await script.ask<Cost>(round));
    return speedOf(label, round, latencies, costs);
  };

  await script.ask<Cost>(INDEPENDENT); // to warm up
  await procurios.ask(latencies.writeMs);
  await dynamoDb.ask({ latencyMs: latencies.callMs });
  const speeds = {
    independent: await measure('10 subjects, a change of each in a batch', INDEPENDENT),
    oneSubject: await measure('1 subject, 10 changes in a batch', ONE_SUBJECT),
  };
  for (const helper of [script, procurios, dynamoDb]) helper.end();
  return speeds;
}

function speedOf(
  label: string,
  { changes, subjects }: PushRound,
  { writeMs }: PushLatencies,
  costs: readonly Cost[],
): PushSpeed {
  const walls = costs.map(({ wallMs }) => wallMs);
  const wallMs = median(walls);
  return {
    label,
    changes,
    wallMs,
    spread: (Math.max(...walls) - Math.min(...walls)) / wallMs,
    boundMs: (changes / subjects) * writeMs,
    cpuUsPerChange: (median(costs.map(({ cpuMs }) => cpuMs)) / changes) * 1000,
  };
}
