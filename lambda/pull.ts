import { createDynamoDb, createSecretsManager } from './aws/clients.ts';
import { readBundledConfig } from './config/bundled-config.ts';
import { SyncError } from './core/errors.ts';
import type { RunReceipt } from './core/receipt.ts';
import { createClient } from './procurios/client.ts';
import { runPull } from './run-pull.ts';
import { createLog } from './runtime/log.ts';
import { logProgress } from './runtime/log-progress.ts';
import { openTokenSource } from './token-source.ts';

/** What Lambda tells a function about its invocation, as far as it is needed here. */
interface InvocationContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** Kept back from the invocation's time for what was read last: to store it, save the place and say so. */
const TIME_TO_FINISH_MS = 60_000;

const log = createLog();
const config = readBundledConfig(import.meta.url, process.env.PROCURIOS_HOST);
const dynamoDb = createDynamoDb();

// Beyond one invocation: a token serves until it expires.
const token = openTokenSource(config, { dynamoDb, secretsManager: createSecretsManager() });
const procurios = createClient({ ...config, token, requestsPerSecond: config.requestsPerSecond.pull });

/**
 * Pulls all streams, as far as the invocation's time reaches; the next invocation goes on from there.
 *
 * @throws {SyncError} When a stream failed: with its code, after the others have had their turn.
 */
export async function handler(_event: unknown, context: InvocationContext): Promise<RunReceipt> {
  const timeLeftMs = Math.max(0, context.getRemainingTimeInMillis() - TIME_TO_FINISH_MS);
  const receipt = await runPull({
    config,
    streams: config.streams,
    procurios,
    dynamoDb,
    owner: `invocation ${context.awsRequestId}`,
    isAlone: false,
    progress: logProgress(log),
    // Beside the deadline, which is looked at between pages: a page may take minutes.
    signal: AbortSignal.timeout(timeLeftMs),
    deadlineMs: Date.now() + timeLeftMs,
  });
  log.info('run ends', { runId: receipt.runId, status: receipt.status });

  const failed = Object.entries(receipt.streams).filter(([, { status }]) => status === 'failed');
  const [first] = failed.flatMap(([, { error }]) => error ?? []);
  if (first !== undefined) {
    const names = failed.map(([name]) => name).join(', ');
    throw new SyncError(first.code, `run ${receipt.runId} failed for ${names}: ${first.message}`);
  }
  return receipt;
}
