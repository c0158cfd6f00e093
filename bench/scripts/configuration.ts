import type { Paging, Stream } from '../../lambda/core/pull/stream.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { createTokenSource, type NamingTokenSource } from '../../lambda/procurios/token/client-token.ts';
import { pathOf, procuriosHost, queryOf, type Round } from './round.ts';

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
/** High enough that the rate limiter has no effect. */
const REQUESTS_PER_SECOND = 1_000_000;

const scopes = ['relation_list_api/relation'];

/** The config of a round's pull, of one stream. */
export function configOf(round: Round): Config {
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
    goneAfter: 3,
    guard: { share: 0.05, most: 500 },
    holes: 'wait',
    retainTombstonesFor: 30,
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

/** Requests a token of the stand-in for Procurios. */
export function tokenFor({ tokenUrl }: Config): NamingTokenSource {
  const readCredentials = async () => ({ clientId: 'bench', clientSecret: 'bench-secret' });
  return createTokenSource({ tokenUrl, scopes, readCredentials });
}
