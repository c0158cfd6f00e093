import * as z from 'zod';
import { parseRedirectUrl, parseSafeUrl } from '../../lambda/deployment/safe-addresses.ts';
import { type CrossProblem, options, repeatedIn, text, withRules } from './rules.ts';

/** What RFC 6749 allows in a scope: visible characters but `"` and `\`. */
const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/** Where the login waits for the user, unless the config says otherwise. */
const DEFAULT_REDIRECT_URL = 'http://127.0.0.1:8400/callback';

const SCOPES = withRules(
  z
    .array(
      text('a scope without spaces', (scope) => SCOPE.test(scope)),
      { error: 'a list of scopes' },
    )
    .min(1, { error: 'at least one scope' }),
  eachOnce,
);

const yesOrNo = z.boolean({ error: 'true or false' });

const AUTH_OPTIONS = options("{ grant: 'clientCredentials' or 'authorizationCode', scopes: [ … ] }", {
  grant: z.enum(['clientCredentials', 'authorizationCode'], {
    error: "'clientCredentials' or 'authorizationCode'",
  }),
  scopes: SCOPES,
  dialect: z.enum(['older', 'newer'], { error: "'older' or 'newer'" }).optional(),
  authorizeUrl: text(
    'https://… without credentials or fragment; http:// for 127.0.0.1 and [::1] only',
    (value) => parseSafeUrl(value) !== undefined,
  ).optional(),
  redirectUrl: text(
    'the address registered with Procurios: https://…, or http://127.0.0.1:PORT/… ([::1] and localhost likewise)',
    (value) => parseRedirectUrl(value) !== undefined,
  ).optional(),
  repeatRedirectUrl: yesOrNo.optional(),
  pkce: yesOrNo.optional(),
  state: yesOrNo.optional(),
});

/** How tokens are obtained; what depends on the host is filled in afterwards. */
export const AUTH = withRules(AUTH_OPTIONS, ofTheGrant).transform(({ grant, scopes, ...code }) =>
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

const CODE_OPTIONS = ['dialect', 'authorizeUrl', 'redirectUrl', 'repeatRedirectUrl', 'pkce', 'state'];

/** A user's consent has no part in client credentials. */
function ofTheGrant(auth: unknown): CrossProblem[] {
  const given: Readonly<Record<string, unknown>> =
    typeof auth === 'object' && auth !== null ? { ...auth } : {};
  if (given.grant !== 'clientCredentials') return [];
  return CODE_OPTIONS.filter((name) => given[name] !== undefined).map((name) => ({
    path: [name],
    expected: "nothing: it belongs to grant 'authorizationCode'",
  }));
}

function eachOnce(scopes: unknown): CrossProblem[] {
  return repeatedIn(scopes).map((index) => ({ path: [index], expected: 'each scope once' }));
}
