import { checkConfig } from '../../config/check-config.ts';
import type { Receipt, RunReceipt } from '../../lambda/core/pull/receipt.ts';
import type { Stream } from '../../lambda/core/pull/stream.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { createClient } from '../../lambda/procurios/http/client.ts';
import { type PullOptions, runPull } from '../../lambda/wiring/run-pull.ts';
import { createTables } from '../../local/endpoints/tables.ts';
import type { DynamoDbServer } from './dynamodb-servers.ts';
import { answerJson, startHttpServer } from './http-server.ts';
import { QUICK_LIMITS, readStored, type Stored } from './pull-harness.ts';
import { streamOf } from './streams.ts';

/** A page of a listing: its objects, or the text of a whole answer. */
export type OwnPage = readonly unknown[] | string;

/** A Procurios with listings that the test writes, and tables that it is pulled into. */
export interface OwnListing extends AsyncDisposable {
  readonly config: Config;
  /** The pages of each stream by its name; a test may replace them. */
  readonly pages: Record<string, readonly OwnPage[]>;
  pull(options?: Partial<PullOptions>): Promise<RunReceipt>;
  /** Pulls, and returns the receipt of one stream. @param stream - @default 'things' */
  receipt(stream?: string): Promise<Receipt>;
  stored(stream?: string): Promise<Stored>;
}

let sites = 0;

/**
 * Opens listings of the kind `numberedPages`. Behind the pages that are given, every page is empty. A listing that is read as one page
 * is the first of them.
 *
 * @param pages - By the names of the streams.
 * @param endpoint - Of DynamoDB. @default - The server's own.
 * @param overrides - Of each stream, or what they are of the stream with a name.
 */
export async function openOwnListing(
  server: DynamoDbServer,
  pages: Record<string, readonly OwnPage[]>,
  endpoint = server.url,
  overrides: Partial<Stream> | ((name: string) => Partial<Stream>) = {},
): Promise<OwnListing> {
  sites += 1;
  const host = await startHttpServer(({ path }, response) => {
    const url = new URL(path, 'http://host');
    const page = pages[url.pathname.split('/').at(-1) ?? '']?.[Number(url.searchParams.get('page') ?? 1) - 1];
    if (typeof page !== 'string') return answerJson(response, { data: page ?? [] });
    response.writeHead(200, { 'content-type': 'application/json' }).end(page);
  });
  const streams = Object.keys(pages).map((name): Stream => {
    return streamOf({
      name,
      path: `/l/${name}`,
      objects: '/data',
      paging: { kind: 'numberedPages', ahead: 1 },
      ...(typeof overrides === 'function' ? overrides(name) : overrides),
    });
  });
  const config = checkConfig({
    environment: `own-${sites}`,
    host: host.origin,
    auth: { grant: 'clientCredentials', scopes: ['things/read'] },
    streams,
  });
  const dynamoDb = server.client(endpoint);
  await createTables(server.client(), config);
  const pull = async (options: Partial<PullOptions> = {}) =>
    runPull({
      config,
      token: { grantee: async () => ({ clientId: 'client', scopes: config.auth.scopes }) },
      streams: config.streams,
      procurios: createClient({
        ...config,
        token: { get: async () => 'token', drop() {} },
        limits: QUICK_LIMITS,
        requestsPerSecond: 10_000,
      }),
      dynamoDb,
      holderName: 'a test',
      isAlone: false,
      readHolderState: async () => 'unknown',
      progress: { streamBegins() {}, pageTaken() {}, waits() {}, streamEnds() {} },
      signal: new AbortController().signal,
      onWatch() {},
      onUnexpected() {},
      ...options,
    });
  return {
    config,
    pages,
    pull,
    async receipt(stream = 'things') {
      const receipt = (await pull()).streams[stream];
      if (receipt === undefined) throw new Error(`${stream} has no receipt`);
      return receipt;
    },
    stored: (stream = 'things') => readStored(server.client(), config, stream),
    [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
  };
}
