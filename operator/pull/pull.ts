import { hostname } from 'node:os';
import type { RunReceipt } from '../../lambda/core/pull/receipt.ts';
import type { Progress } from '../../lambda/core/pull/run-ports.ts';
import type { Stream } from '../../lambda/core/pull/stream.ts';
import { createClient } from '../../lambda/procurios/http/client.ts';
import type { RetryListener } from '../../lambda/procurios/http/retry.ts';
import { runDryPull, runPull } from '../../lambda/wiring/run-pull.ts';
import { openTokenSource } from '../../lambda/wiring/token-source.ts';
import type { Session } from '../session.ts';

export interface PullRequest {
  readonly streams: readonly Stream[];
  /** Whether to read and compare only, and to write nothing. */
  readonly isDryRun: boolean;
  readonly progress: Progress;
  /** Receives the retries of requests to Procurios. */
  readonly onRetry?: RetryListener | undefined;
  /** Receives each unexpected error. The other streams are pulled nevertheless. */
  readonly onUnexpected: (error: unknown) => void;
  /** Receives the name of each stream whose counts of absent objects start over, because what was known cannot be read. */
  readonly onAbsencesLost: (stream: string) => void;
  /** Called before another pull's lease is watched, which takes up to 45 seconds. @param owner - That pull. */
  readonly onWatch: (owner: string) => void;
  /** Aborts when the pull has to stop. It then stores what it read, and the next pull continues there. */
  readonly signal: AbortSignal;
}

/**
 * Pulls streams in this process, as the function in AWS does.
 *
 * @throws {SyncError} `RUN_ACTIVE`; `STORE_*` for the state table. Failures of single streams are in the receipt.
 */
export async function pull(
  session: Session,
  { streams, isDryRun, progress, onRetry, onUnexpected, onAbsencesLost, onWatch, signal }: PullRequest,
): Promise<RunReceipt> {
  const { config, dynamoDb, isAlone, readHolderState } = session;
  const { host, acceptLanguage, requestsPerSecond } = config;
  const token = openTokenSource(config, session, onRetry);
  const procurios = createClient({
    host,
    acceptLanguage,
    token,
    requestsPerSecond: requestsPerSecond.pull,
    onRetry,
  });
  const run = isDryRun ? runDryPull : runPull;
  return await run({
    config,
    streams,
    procurios,
    token,
    dynamoDb,
    holderName: `process ${process.pid} on ${hostname()}`,
    isAlone,
    readHolderState,
    progress,
    onUnexpected,
    onAbsencesLost,
    onWatch: ({ owner }) => onWatch(owner),
    signal,
  });
}
