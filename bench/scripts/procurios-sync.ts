import { createDynamoDb } from '../../lambda/aws/clients.ts';
import type { Progress } from '../../lambda/core/pull/run-ports.ts';
import type { Paging, Stream } from '../../lambda/core/pull/stream.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { createClient } from '../../lambda/procurios/http/client.ts';
import { createTokenSource } from '../../lambda/procurios/token/client-token.ts';
import { runPull } from '../../lambda/wiring/run-pull.ts';
import { type Pulled, pathOf, procuriosHost, queryOf, type Round, serveRounds } from './round.ts';

const PAGING: Readonly<Record<Round['listing'], Paging>> = {
  after: { kind: 'after', field: 'id' },
  'numbered-pages': { kind: 'numberedPages', ahead: 8 },
  hal: { kind: 'hal' },
};
const OBJECTS: Readonly<Record<Round['listing'], string>> = {
  after: '/relations',
  'numbered-pages': '',
  hal: '/_embedded/relations',
};
const SILENT: Progress = { streamBegins() {}, pageTaken() {}, waits() {}, streamEnds() {} };
/** High enough that the rate limiter has no effect. */
const REQUESTS_PER_SECOND = 1_000_000;

const scopes = ['relation_list_api/relation'];
const dynamoDb = createDynamoDb();

serveRounds(async (round: Round): Promise<Pulled> => {
  const config = configOf(round);
  const { host, tokenUrl, acceptLanguage, streams } = config;
  const token = createTokenSource({
    tokenUrl,
    scopes,
    readCredentials: async () => ({ clientId: 'bench', clientSecret: 'bench-secret' }),
  });
  const receipt = await runPull({
    config,
    streams,
    procurios: createClient({ host, acceptLanguage, token, requestsPerSecond: REQUESTS_PER_SECOND }),
    dynamoDb,
    holderName: 'the benchmark',
    isAlone: true,
    readHolderState: async () => 'unknown',
    progress: SILENT,
    signal: new AbortController().signal,
    onWatch() {},
    onUnexpected(error) {
      throw error;
    },
  });
  const [pulled] = Object.values(receipt.streams);
  if (pulled?.status !== 'complete') throw new Error(`the pull is not complete: ${pulled?.error?.message}`);
  return pulled;
});

function configOf(round: Round): Config {
  const host = procuriosHost();
  const stream: Stream = {
    name: round.listing,
    path: pathOf(round),
    query: queryOf(round),
    mediaType: 'application/vnd.procurios.relation+json; version=1',
    objects: OBJECTS[round.listing],
    key: ['id'],
    paging: PAGING[round.listing],
    ignoreChangesIn: [],
    deletes: 'never',
  };
  return {
    // The tables' names are derived from environment and stream.
    environment: round.environment,
    host,
    tokenUrl: `${host}/l/oauth2/token`,
    memoryMb: { pull: 512, push: 512 },
    terminationProtection: false,
    tags: {},
    acceptLanguage: 'nl-NL',
    auth: { grant: 'clientCredentials', scopes },
    requestsPerSecond: { pull: REQUESTS_PER_SECOND, push: REQUESTS_PER_SECOND },
    schedule: { cron: '0 4 * * ? *', timeZone: 'UTC', expectWithinHours: 26 },
    logRetentionDays: 30,
    ledgerRetentionDays: 30,
    operations: {},
    secretName: 'not-read',
    streams: [stream],
  };
}
