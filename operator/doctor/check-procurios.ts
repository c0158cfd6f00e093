import { scopesFor, usualMediaType } from '../../config/catalogue/modules.ts';
import { expectedFailure, SyncError } from '../../lambda/core/errors.ts';
import type { Stream } from '../../lambda/core/pull/stream.ts';
import { type Operation, placeholdersOf } from '../../lambda/core/push/operation.ts';
import { nextTokenAction } from '../../lambda/core/token/user-token.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { cleanSchema } from '../../lambda/procurios/changes/vendor-schema.ts';
import type { ApiAccess } from '../procurios/api-access.ts';
import { sampleListing } from '../procurios/sample-listing.ts';
import { lackingScopes } from '../scopes.ts';
import { countOf } from '../words.ts';
import { type Finding, failure, information, ok, warning } from './finding.ts';
import { judgeClock } from './judge-clock.ts';
import { type Asked, judgeApiFailure, judgeLack, judgeTokenFailure } from './judge-failure.ts';
import { judgeListing } from './judge-listing.ts';
import { judgeScopes } from './judge-scopes.ts';
import type { Subject } from './subject.ts';

/** Checks the token, its scopes, and the clock by the `Date` of the token's answer. */
export async function* checkToken(subject: Subject): AsyncGenerator<Finding> {
  const { api, config, session } = subject;
  if (config.auth.grant === 'authorizationCode' && (await hasExpiredToken(session))) {
    yield information('token', "the user's token has expired; the next pull renews it");
    return;
  }
  const refusal = await api.token.get().then(() => undefined, expectedFailure);
  // Without credentials no request was sent, and the finding about the credentials says so.
  const wasAsked = !['SECRET_INVALID', 'STORE_UNAVAILABLE', 'REGION_INVALID'].includes(refusal?.code ?? '');
  if (wasAsked || config.auth.grant === 'authorizationCode') {
    yield refusal === undefined ? ok('token', lifeText(config, api)) : judgeTokenFailure(refusal, subject);
  }
  const { unreadable = [] } = api.granted ?? {};
  if (unreadable.length > 0) {
    yield information('token', `its answer has no readable ${unreadable.join(', ')}; counted as absent`);
  }
  if (api.hasAnswered) yield judgeClock(api.clock.serverMs, api.clock.hereMs);
  if (refusal === undefined) yield* judgeScopes(config.auth.scopes, api.granted?.scopes, needsOf(config));
}

/** @returns False if the token cannot be read, which the check of the token reports. */
async function hasExpiredToken({ userTokens }: Subject['session']): Promise<boolean> {
  const token = await userTokens.read().catch(() => undefined);
  return nextTokenAction(token, undefined, Date.now()).kind === 'renew';
}

function lifeText({ auth }: Config, { granted }: ApiAccess): string {
  const isUsers = auth.grant === 'authorizationCode';
  const obtained = isUsers ? 'a user has logged in' : 'obtained';
  if (granted?.lifeMs !== undefined) return `${obtained}; valid for ${spanText(granted.lifeMs)}`;
  const consequence = isUsers ? 'it is used until it is refused' : 'a new one is requested every 5 minutes';
  return `${obtained}; the token endpoint does not say how long it is valid, so ${consequence}`;
}

function spanText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes >= 1 ? countOf(minutes, 'minute') : countOf(Math.round(ms / 1000), 'second');
}

function needsOf({ streams, operations }: Config) {
  return [
    ...streams.map(({ name, path }) => ({ by: `stream ${name}`, scopes: scopesFor(path) })),
    ...Object.values(operations).map(({ name, path }) => ({
      by: `operation ${name}`,
      scopes: scopesFor(path),
    })),
  ];
}

/** Checks each stream by its first page, and by a second request if that shows more. */
export async function* checkStreams(subject: Subject): AsyncGenerator<Finding> {
  const { api, config } = subject;
  if (api.granted === undefined) {
    yield information('streams', 'not checked: there is no token');
    return;
  }
  const refused: Stream[] = [];
  for (const stream of config.streams) {
    const lacksScope = lackingScopes(config.auth, [stream]).length > 0;
    yield* checkStream(subject, stream, lacksScope ? () => refused.push(stream) : undefined);
  }
  for (const lack of lackingScopes(config.auth, refused)) yield judgeLack(lack);
}

/** @param onRefused - Called instead of a finding if Procurios refuses access; absent if the cause is not known. */
async function* checkStream(
  { api, config }: Subject,
  stream: Stream,
  onRefused: (() => void) | undefined,
): AsyncGenerator<Finding> {
  try {
    yield* judgeListing(stream, await sampleListing(api.client, stream));
  } catch (error) {
    const refusal = error instanceof SyncError && error.code === 'ACCESS_DENIED';
    if (refusal && !error.detail.isTokenRefused && onRefused !== undefined) {
      onRefused();
      return;
    }
    const usual = usualMediaType(stream.path);
    const asked = {
      check: `stream ${stream.name}`,
      path: "the stream's path",
      ...scopesOf(config, stream.path),
      usualMediaType: usual === stream.mediaType ? undefined : usual,
    };
    yield judgeApiFailure(asked, expectedFailure(error));
  }
}

function scopesOf({ auth }: Config, path: string): Pick<Asked, 'scopes' | 'isScopeAsked'> {
  const scopes = scopesFor(path);
  return { scopes, isScopeAsked: scopes.some((scope) => auth.scopes.includes(scope)) };
}

/** Checks the live schema of each operation, unless its address depends on the change. */
export async function* checkOperations({ api, config }: Subject): AsyncGenerator<Finding> {
  if (api.granted === undefined) return;
  for (const operation of Object.values(config.operations))
    yield await checkOperation(api, config, operation);
}

async function checkOperation(api: ApiAccess, config: Config, operation: Operation): Promise<Finding> {
  const { name, schemaPath, mediaType } = operation;
  const check = `operation ${name}`;
  if (schemaPath === undefined) {
    return information(check, 'the config has no schema for it, so only Procurios checks its changes');
  }
  const placeholders = placeholdersOf(schemaPath);
  if (placeholders.length > 0) {
    const what = placeholders.join(' and ');
    return information(
      check,
      `its schema depends on the ${what} of a change, so it is read when a change is sent`,
    );
  }
  const asked = {
    check,
    path: "the operation's schemaPath",
    ...scopesOf(config, operation.path),
    usualMediaType: undefined,
  };
  try {
    const request = { method: 'GET', path: schemaPath, shownPath: schemaPath, mediaType } as const;
    const { status, json } = await api.client.ask({ ...request, about: `schema of operation ${name}` });
    if (status >= 400) {
      const message = `GET ${schemaPath}: answered ${status}; expected 200`;
      return judgeApiFailure(asked, new SyncError('RESPONSE_INVALID', message, { status }));
    }
    return judgeSchema(check, schemaPath, json === undefined ? undefined : cleanSchema(json));
  } catch (error) {
    return judgeApiFailure(asked, expectedFailure(error));
  }
}

function judgeSchema(
  check: string,
  schemaPath: string,
  clean: ReturnType<typeof cleanSchema> | undefined,
): Finding {
  if (clean === undefined) {
    return failure(
      check,
      `GET ${schemaPath}: the answer is not a JSON Schema`,
      "check the operation's schemaPath",
    );
  }
  const { properties } = clean.schema;
  const fields = typeof properties === 'object' && properties !== null ? Object.keys(properties).length : 0;
  return ok(check, `its schema has ${countOf(fields, 'field')}`);
}

/** Checks whether Procurios throttled a request of this examination. Procurios publishes no limit to compare with. */
export async function* checkRate({ api, config }: Subject): AsyncGenerator<Finding> {
  if (!api.hasAnswered) return;
  const { pull } = config.requestsPerSecond;
  const requests = countOf(api.client.requests, 'request');
  const rate = `at most ${pull} a second`;
  yield api.throttled === 0
    ? ok('rate', `${requests}, ${rate}: none was throttled (429)`)
    : warning(
        'rate',
        `${requests}, ${rate}: ${api.throttled} throttled (429)`,
        'lower requestsPerSecond to the rate agreed with Procurios, which other clients share',
      );
}
