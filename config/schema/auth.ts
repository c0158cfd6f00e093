import * as z from 'zod';
import { parseRedirectUrl, parseSafeUrl } from '../../lambda/deployment/safe-addresses.ts';
import { type CrossProblem, fieldOf, options, repeatedIn, text, withRules } from './rules.ts';

/** What RFC 6749 allows in a scope: visible characters except `"` and `\`. */
const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

const SCOPES = withRules(
  z
    .array(
      text('a scope without spaces', (scope) => SCOPE.test(scope)),
      { error: 'a list of scopes' },
    )
    .min(1, { error: 'at least one scope' }),
  differentScopes,
);

/** Where the login listens for the callback, unless the config says otherwise. */
const DEFAULT_REDIRECT_URL = 'http://127.0.0.1:8400/callback';

const yesOrNo = z.boolean({ error: 'true or false' });

/** The options that only the authorization code grant has. */
const CODE_OPTIONS = {
  dialect: z.enum(['older', 'newer'], { error: "'older' or 'newer'" }).optional(),
  authorizeUrl: safeUrl().optional(),
  redirectUrl: text(
    'the address registered with Procurios: https://…, or http://127.0.0.1:PORT/… ([::1] and localhost likewise)',
    (value) => parseRedirectUrl(value) !== undefined,
  ).optional(),
  repeatRedirectUrl: yesOrNo.optional(),
  pkce: yesOrNo.optional(),
  state: yesOrNo.optional(),
};

const AUTH_OPTIONS = options("{ grant: 'clientCredentials' or 'authorizationCode', scopes: [ … ] }", {
  grant: z.enum(['clientCredentials', 'authorizationCode'], {
    error: "'clientCredentials' or 'authorizationCode'",
  }),
  scopes: SCOPES,
  ...CODE_OPTIONS,
});

/** The grant by which tokens are requested. The default of `authorizeUrl` depends on the host, so it is filled in later. */
export const AUTH = withRules(AUTH_OPTIONS, optionsOfTheGrant).transform(({ grant, scopes, ...code }) =>
  grant === 'clientCredentials'
    ? { grant, scopes }
    : {
        grant,
        scopes,
        dialect: code.dialect ?? 'newer',
        authorizeUrl: code.authorizeUrl,
        redirectUrl: code.redirectUrl ?? DEFAULT_REDIRECT_URL,
        repeatRedirectUrl: code.repeatRedirectUrl ?? false,
        pkce: code.pkce ?? false,
        state: code.state ?? true,
      },
);

/** An address that the client's secret or a user's password may go to. */
export function safeUrl() {
  return text(
    'https://… without credentials or fragment (http:// only for 127.0.0.1 and [::1])',
    (value) => parseSafeUrl(value) !== undefined,
  );
}

function optionsOfTheGrant(auth: unknown): CrossProblem[] {
  if (fieldOf(auth, 'grant') !== 'clientCredentials') return [];
  return Object.keys(CODE_OPTIONS)
    .filter((name) => fieldOf(auth, name) !== undefined)
    .map((name) => ({ path: [name], expected: "no such option, unless grant is 'authorizationCode'" }));
}

function differentScopes(scopes: unknown): CrossProblem[] {
  return repeatedIn(scopes).map((index) => ({ path: [index], expected: 'each scope once' }));
}
