import type { SyncError } from '../../lambda/core/errors.ts';
import { simulatorHint } from '../credentials.ts';
import { lackText, type ScopeLack } from '../scopes.ts';
import { type Finding, failure, warning } from './finding.ts';
import type { Subject } from './subject.ts';

/** A request for a listing or a schema. */
export interface Asked {
  readonly check: string;
  /** The setting that holds the path: `the stream's path`. */
  readonly path: string;
  /** Scopes of which one gives access; empty if they are not known. */
  readonly scopes: readonly string[];
  /** Whether the config asks for one of these scopes. */
  readonly isScopeAsked: boolean;
  /** The catalogue's media type for this path; undefined if it is the configured one. */
  readonly usualMediaType: string | undefined;
}

/** Finds the fix for a request that failed. */
export function judgeApiFailure(asked: Asked, error: SyncError): Finding {
  const { code } = error;
  const what = `${code} ${briefOf(error)}`;
  // Neither needs a change by the operator.
  if (code === 'THROTTLED' || code === 'UNAVAILABLE') {
    return warning(asked.check, what, 'try again later; if it lasts, ask Procurios');
  }
  return failure(asked.check, what, fixOf(asked, error));
}

/** The finding for streams that are refused because the config lacks their scope: one for all that need the same. */
export function judgeLack(lack: ScopeLack): Finding {
  const fix = `ask Procurios for ${scopesText(lack.scopes)} and add it to auth.scopes, or take this out of the config`;
  return failure(`stream ${lack.names.join(', ')}`, `ACCESS_DENIED ${lackText(lack)}`, fix);
}

/** The message without the call's purpose, which the check names already. */
function briefOf({ message, detail }: SyncError): string {
  return detail.brief ?? message;
}

function fixOf(asked: Asked, { code, detail }: SyncError): string {
  const { path, usualMediaType } = asked;
  switch (code) {
    case 'ACCESS_DENIED':
      return detail.isTokenRefused
        ? 'Procurios refuses a new token: check that host and tokenUrl belong together, or ask Procurios'
        : fixOfRefusal(asked);
    case 'RESPONSE_INVALID':
      if (detail.isUnreadable) return UNREADABLE;
      return fixOfStatus(path, usualMediaType, detail.status);
    case 'NOT_PROCURIOS':
      return `check host and ${path}: another service than the API answers there`;
    case 'HOST_UNREACHABLE':
      return detail.isTls ? CERTIFICATE : 'check host, the network and HTTPS_PROXY';
    default:
      return `see npx procurios-sync help ${code}`;
  }
}

function fixOfRefusal({ scopes, isScopeAsked }: Asked): string {
  const ask = isScopeAsked
    ? `ask Procurios why it refuses ${scopesText(scopes)}, which auth.scopes has`
    : `ask Procurios for ${scopesText(scopes)} and add it to auth.scopes`;
  return `${ask}, or take this out of the config`;
}

function fixOfStatus(path: string, usualMediaType: string | undefined, status: number | undefined): string {
  const usual =
    usualMediaType === undefined ? 'check mediaType, its version too' : `set mediaType: '${usualMediaType}'`;
  switch (status) {
    case 404:
    case 410:
      return `check ${path}: there is nothing at this address; npx procurios-sync discover lists what there is`;
    case 406:
    case 415:
      return usual;
    case 400:
      return `check ${path} and query: Procurios finds something wrong with the request`;
    default:
      return `check ${path}; ${usual}`;
  }
}

/** `the scope a`, `one of the scopes a, b`. */
export function scopesText(scopes: readonly string[]): string {
  if (scopes.length === 0) return 'the scope of this module';
  return scopes.length === 1 ? `the scope ${scopes[0]}` : `one of the scopes ${scopes.join(', ')}`;
}

const OTHER_GRANT =
  'set auth.grant to the one that Procurios gave you this client for, or ask Procurios to allow the client this one';
const UNREADABLE =
  'report it to Procurios: a server or a proxy sends answers that break HTTP, which does not pass by itself';
const CERTIFICATE =
  'correct host; if your own certificate authority signs its certificate, name that in NODE_EXTRA_CA_CERTS=FILE';

/** Finds the fix for a failure to get a token. */
export function judgeTokenFailure(
  error: SyncError,
  { config, replaceCredentials }: Pick<Subject, 'config' | 'replaceCredentials'>,
): Finding {
  const fix = simulatorHint(config, error.code) ?? fixOfToken(error, replaceCredentials);
  return failure('token', `${error.code} ${briefOf(error)}`, fix);
}

function fixOfToken({ code, detail }: SyncError, replaceCredentials: string): string {
  const { status, redirectHost, oauthError, isTls, loginCommand } = detail;
  switch (code) {
    case 'CONSENT_NEEDED':
      return loginCommand ?? 'npx procurios-sync login';
    case 'CREDENTIALS_REFUSED':
      if (oauthError === 'unauthorized_client') return OTHER_GRANT;
      return `compare the id and the secret with what Procurios handed out for this environment, and ${replaceCredentials}`;
    case 'ACCESS_DENIED':
      return 'auth.scopes has one that is not granted: npx procurios-sync discover tries them one by one';
    case 'NOT_PROCURIOS':
      if (redirectHost !== undefined)
        return `set host or tokenUrl to ${redirectHost}, if that is your environment's`;
      return status === 404 || status === 405
        ? 'set tokenUrl to the token request endpoint that Procurios handed out, or correct host'
        : 'correct host or tokenUrl: a website answers there, not the token endpoint';
    case 'HOST_UNREACHABLE':
      return isTls ? CERTIFICATE : 'correct host or tokenUrl, or check the network and HTTPS_PROXY';
    case 'RESPONSE_INVALID':
      if (detail.isUnreadable) return UNREADABLE;
      if (oauthError === 'unsupported_grant_type') return OTHER_GRANT;
      return 'correct host or tokenUrl: what answers there gives no tokens as Procurios does';
    default:
      return 'try again later; if it lasts, ask Procurios';
  }
}
