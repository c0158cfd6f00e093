import type { SyncErrorCode } from '../../lambda/core/errors.ts';
import { type Finding, failure, warning } from './finding.ts';

/** A request to Procurios that failed, as far as is needed to say what to do. */
export interface ApiFailure {
  readonly code: SyncErrorCode;
  /** What was wrong and what was expected. */
  readonly message: string;
  /** Of the last answer; undefined: there was none. */
  readonly status: number | undefined;
}

/** What was asked for. */
export interface Asked {
  readonly check: string;
  /** The setting that leads there: `the stream's path`. */
  readonly path: string;
  /** Scopes of which one gives access; empty: not known. */
  readonly scopes: readonly string[];
  /** What the catalogue has as media type for this path, where that is not the configured one. */
  readonly usualMediaType: string | undefined;
}

/** Says what to do about a request for a listing or a schema that failed. */
export function judgeApiFailure(asked: Asked, apiFailure: ApiFailure): Finding {
  const { code, message } = apiFailure;
  const what = `${code} ${withoutAbout(message)}`;
  // What passes by itself.
  if (code === 'THROTTLED' || code === 'UNAVAILABLE') {
    return warning(asked.check, what, 'try again later; if it lasts, ask Procurios');
  }
  return failure(asked.check, what, fixOf(asked, apiFailure));
}

function fixOf({ path, scopes, usualMediaType }: Asked, { code, message, status }: ApiFailure): string {
  switch (code) {
    case 'ACCESS_DENIED':
      return status === 401
        ? 'a token that is new is refused: check that host and tokenUrl belong together, or ask Procurios'
        : `ask Procurios for ${scopesText(scopes)} and add it to auth.scopes, or take this out of the config`;
    case 'RESPONSE_INVALID':
      return fixOfStatus(path, usualMediaType, status);
    case 'NOT_PROCURIOS':
      return `check host and ${path}: something else than the API answers there`;
    case 'HOST_UNREACHABLE':
      return message.includes('TLS failed') ? TRUSTING : 'check host, the network and HTTPS_PROXY';
    default:
      return `see npx procurios-sync help ${code}`;
  }
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

/** `GET /l/x (stream x, page 1): answered 404` without what stands in brackets: the check says that. */
function withoutAbout(message: string): string {
  return message.replace(/^(\w+ \S+) \([^)]*\): /, '$1: ').replace(/^[^:]+, page \d+: /, '');
}

const OTHER_GRANT =
  'set auth.grant to the one that Procurios gave you this client for, or ask Procurios to allow the client this one';
const TRUSTING =
  'correct host; if an authority of your own signs its certificate, name that in NODE_EXTRA_CA_CERTS=FILE';

/** What to do about a token that cannot be had. */
export function judgeTokenFailure({ code, message, status }: ApiFailure): Finding {
  const what = `${code} ${withoutAbout(message)}`;
  return failure('token', what, fixOfToken(code, message, status));
}

function fixOfToken(code: SyncErrorCode, message: string, status: number | undefined): string {
  const target = /a redirect to (\S+?);/.exec(message)?.[1];
  switch (code) {
    case 'CONSENT_NEEDED':
      return /to log in: (.+)$/.exec(message)?.[1] ?? 'npx procurios-sync login';
    case 'CREDENTIALS_REFUSED':
      if (/\bunauthorized_client\b/.test(message)) return OTHER_GRANT;
      return 'compare the id and the secret with what Procurios handed out for this environment, and store them again';
    case 'ACCESS_DENIED':
      return 'auth.scopes has one that is not granted: npx procurios-sync discover tries them one by one';
    case 'NOT_PROCURIOS':
      if (target !== undefined) return `set host or tokenUrl to ${target}, if that is your environment's`;
      return status === 404 || status === 405
        ? 'set tokenUrl to the token request endpoint that Procurios handed out, or correct host'
        : 'correct host or tokenUrl: a website answers there, not the token endpoint';
    case 'HOST_UNREACHABLE':
      return message.includes('TLS failed')
        ? TRUSTING
        : 'correct host or tokenUrl, or check the network and HTTPS_PROXY';
    case 'RESPONSE_INVALID':
      if (/\bunsupported_grant_type\b/.test(message)) return OTHER_GRANT;
      return 'correct host or tokenUrl: what answers there gives no tokens as Procurios does';
    default:
      return 'try again later; if it lasts, ask Procurios';
  }
}
