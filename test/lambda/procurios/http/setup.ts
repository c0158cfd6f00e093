import { SyncError } from '../../../../lambda/core/errors.ts';
import type { Page, Pages } from '../../../../lambda/core/pull/page.ts';
import { type Client, type ClientOptions, createClient } from '../../../../lambda/procurios/http/client.ts';
import type { ClientLimits } from '../../../../lambda/procurios/http/limits.ts';
import type { TokenSource } from '../../../../lambda/procurios/token/client-token.ts';

/** Limits that let nothing take long. */
export const QUICK: Partial<ClientLimits> = {
  backoffMs: 1,
  attemptMs: 20_000,
  totalMs: 30_000,
  longestWaitMs: 1_000,
  newTokenPauseMs: 1,
  secondLookMs: 1,
};

/** Hands out `token-1`, then a new one after each that is dropped. */
export function countingTokens(): TokenSource & { readonly dropped: readonly string[] } {
  const dropped: string[] = [];
  const current = () => `token-${dropped.length + 1}`;
  return {
    dropped,
    get: async () => current(),
    drop(token) {
      if (token === current()) dropped.push(token);
    },
  };
}

export function clientFor(host: string, options: Partial<ClientOptions> = {}): Client {
  return createClient({
    host,
    acceptLanguage: 'nl-NL,nl;q=0.9',
    token: countingTokens(),
    requestsPerSecond: 10_000,
    ...options,
    limits: { ...QUICK, ...options.limits },
  });
}

/** Sends a read whose address and content do not matter to the test. */
export function readThings(
  client: Client,
  path = '/l/things_api/thing?name=secret-query',
  signal?: AbortSignal,
) {
  return client.getJson({
    path,
    mediaType: 'application/vnd.things+json',
    about: 'stream things, page 1',
    signal,
  });
}

/** The error that a promise rejects with, which must be one of ours. */
export async function failureOf(promise: Promise<unknown>): Promise<SyncError> {
  const error = await promise.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (error instanceof SyncError) return error;
  throw error;
}

/** Reads pages to the end or the first failure. */
export async function readAll(pages: Pages): Promise<{ pages: Page[]; failure: SyncError | undefined }> {
  const read: Page[] = [];
  try {
    for await (const page of pages) read.push(page);
    return { pages: read, failure: undefined };
  } catch (error) {
    if (error instanceof SyncError) return { pages: read, failure: error };
    throw error;
  }
}

/** Resolves once the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}
