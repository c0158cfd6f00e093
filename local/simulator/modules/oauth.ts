import { createHash } from 'node:crypto';
import type { ApiCall } from '../api-call.ts';
import { ApiError } from '../api-error.ts';
import { type ApiReply, jsonReply } from '../api-reply.ts';
import type { Consent } from '../consents.ts';
import { personOf, sortedName } from '../data/people.ts';
import type { Route } from '../route.ts';
import type { Switches } from '../switches.ts';
import { authorizeRoutes, dialectsOf } from './authorize.ts';

/**
 * Returns the routes of the consent pages, the token endpoint and userinfo.
 *
 * @param knownScopes - The scopes of all routes.
 */
export function oauthRoutes(knownScopes: ReadonlySet<string>): readonly Route[] {
  const grantable = (scopes: readonly string[]) =>
    scopes.filter((scope) => knownScopes.has(scope) || CLAIM_SCOPES.includes(scope));
  return [
    ...authorizeRoutes(grantable),
    { method: 'POST', path: '/l/oauth2/token', handle: (call) => issueToken(call, grantable) },
    { method: 'GET', path: '/l/oauth2/userinfo', access: { scopes: ['openid'] }, handle: userinfo },
  ];
}

/** Scopes that add claims to userinfo and give access to no route. */
const CLAIM_SCOPES = ['profile', 'email'];

type Grantable = (scopes: readonly string[]) => string[];

/** Reads client id and secret from the body only, and ignores a Basic header. */
function issueToken(call: ApiCall, grantable: Grantable): ApiReply {
  const { body, headers, switches, tokens } = call;
  if (!String(headers['content-type']).startsWith('application/x-www-form-urlencoded')) {
    return refuse('invalid_request');
  }
  const form = new URLSearchParams(body);
  const grant = grantOf(form.get('grant_type'), switches);
  if (grant === undefined) {
    return refuse('unsupported_grant_type');
  }
  if (!tokens.accepts(form.get('client_id'), form.get('client_secret'))) {
    return refuse('invalid_client', switches.wrongCredentialsStatus);
  }
  return grant(form, call, grantable);
}

type GrantType = (form: URLSearchParams, call: ApiCall, grantable: Grantable) => ApiReply;

function grantOf(name: string | null, switches: Switches): GrantType | undefined {
  if (name === 'client_credentials') return forClient;
  if (dialectsOf(switches).some(({ codeGrant }) => codeGrant === name)) return forCode;
  return name === 'refresh_token' && switches.refreshTokens !== 'none' ? forRefreshToken : undefined;
}

function forClient(form: URLSearchParams, { switches, tokens }: ApiCall, grantable: Grantable): ApiReply {
  const asked = (form.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
  const granted = grantable(asked);
  if (switches.unknownScope === 'refused' && granted.length < asked.length) {
    return refuse('invalid_scope');
  }
  const token = tokens.issue(granted, switches.tokenLifetimeSeconds);
  return jsonReply({ access_token: token, ...details(granted, switches.tokenReplyFields, switches) });
}

function forCode(form: URLSearchParams, call: ApiCall): ApiReply {
  const { switches, tokens } = call;
  const given = dialectsOf(switches).map(({ redirect }) => form.get(redirect));
  const redirectUrl = given.find((each) => each !== null);
  if (switches.redirectUrlAgain === 'required' && redirectUrl === undefined) {
    return refuse('invalid_request');
  }
  const code = tokens.consents.takeCode(form.get('code') ?? '');
  if (code === undefined || (redirectUrl !== undefined && redirectUrl !== code.request.redirectUrl)) {
    return refuse('invalid_grant');
  }
  const { challenge, scopes } = code.request;
  const verifier = form.get('code_verifier') ?? '';
  if (challenge !== null && createHash('sha256').update(verifier).digest('base64url') !== challenge) {
    return refuse('invalid_grant');
  }
  return forUser({ scopes, user: code.user }, call);
}

function forRefreshToken(form: URLSearchParams, call: ApiCall): ApiReply {
  const isSingleUse = call.switches.refreshTokens === 'rotating';
  const consent = call.tokens.consents.useRefreshToken(form.get('refresh_token') ?? '', isSingleUse);
  return consent === undefined ? refuse('invalid_grant') : forUser(consent, call);
}

/** Issues a token for a user. The switch `refreshTokens` decides about the refresh token; a lasting one comes with the first token only. */
function forUser(consent: Consent, { switches, tokens, body }: ApiCall): ApiReply {
  const { scopes, user } = consent;
  const isFirst = !new URLSearchParams(body).has('refresh_token');
  const isRenewable =
    switches.refreshTokens === 'rotating' || (switches.refreshTokens === 'lasting' && isFirst);
  return jsonReply({
    access_token: tokens.issue(scopes, switches.tokenLifetimeSeconds, user),
    ...details(scopes, switches.userTokenReplyFields, switches),
    ...(isRenewable && { refresh_token: tokens.consents.issueRefreshToken(consent) }),
  });
}

function details(scopes: readonly string[], names: Switches['tokenReplyFields'], switches: Switches): object {
  const all = {
    token_type: 'bearer',
    expires_in: switches.tokenLifetimeSeconds,
    scope: scopes.join(' '),
  };
  return Object.fromEntries(names.map((name) => [name, all[name]]));
}

function refuse(error: string, status = 400): ApiReply {
  return jsonReply({ error }, status);
}

/** Answers with the token's user. A token of client credentials has no user, so the first relation is used. */
function userinfo({ scopes, user, world }: ApiCall): ApiReply {
  const id = user ?? world.sets.relation.all().slice(0, 1)[0];
  if (id === undefined) {
    throw new ApiError(404, 'Unknown user');
  }
  const person = personOf(world.model, id);
  return jsonReply({
    sub: id,
    ...(scopes.has('profile')
      ? { name: sortedName(person), family_name: person.lastName, given_name: person.firstName }
      : {}),
    ...(scopes.has('email') ? { email: person.email, email_verified: true } : {}),
  });
}
