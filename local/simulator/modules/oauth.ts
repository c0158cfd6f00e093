import { personOf, sortedName } from '../data/people.ts';
import { Refusal } from '../refusal.ts';
import { jsonReply, type Reply } from '../reply.ts';
import type { Call, Route } from '../route.ts';

/**
 * The token endpoint and the user behind a token.
 *
 * @param knownScopes - Every scope that a route asks for.
 */
export function oauthRoutes(knownScopes: ReadonlySet<string>): readonly Route[] {
  return [
    { method: 'POST', path: '/l/oauth2/token', handle: (call) => issueToken(call, knownScopes) },
    { method: 'GET', path: '/l/oauth2/userinfo', access: { scopes: ['openid'] }, handle: userinfo },
  ];
}

/** Scopes that add to an answer instead of giving access to a route. */
const CLAIM_SCOPES = ['profile', 'email'];

/** Id and secret count in the body only: a Basic header is as good as none. */
function issueToken(call: Call, knownScopes: ReadonlySet<string>): Reply {
  const { body, headers, switches, tokens } = call;
  if (!String(headers['content-type']).startsWith('application/x-www-form-urlencoded')) {
    return refuse('invalid_request');
  }
  const form = new URLSearchParams(body);
  if (form.get('grant_type') !== 'client_credentials') {
    return refuse('unsupported_grant_type');
  }
  if (!tokens.accepts(form.get('client_id'), form.get('client_secret'))) {
    return refuse('invalid_client', switches.wrongCredentialsStatus);
  }
  const asked = (form.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
  const granted = asked.filter((scope) => knownScopes.has(scope) || CLAIM_SCOPES.includes(scope));
  if (switches.unknownScope === 'refused' && granted.length < asked.length) {
    return refuse('invalid_scope');
  }
  const details: Record<Call['switches']['tokenReplyFields'][number], unknown> = {
    token_type: 'bearer',
    expires_in: switches.tokenLifetimeSeconds,
    scope: granted.join(' '),
  };
  return jsonReply({
    access_token: tokens.issue(granted, switches.tokenLifetimeSeconds),
    ...Object.fromEntries(switches.tokenReplyFields.map((name) => [name, details[name]])),
  });
}

function refuse(error: string, status = 400): Reply {
  return jsonReply({ error }, status);
}

/** A token of client credentials has no user; the first relation stands in. */
function userinfo({ scopes, world }: Call): Reply {
  const [id] = world.sets.relation.all().slice(0, 1);
  if (id === undefined) {
    throw new Refusal(404, 'Unknown user');
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
