import type { ApiCall } from '../api-call.ts';
import { type ApiReply, emptyReply, textReply } from '../api-reply.ts';
import type { AuthorizationRequest } from '../consents.ts';
import { personOf, spokenName } from '../data/people.ts';
import type { Route } from '../route.ts';
import type { Switches } from '../switches.ts';
import { consentPage, refusalPage, signInPage } from './authorize-pages.ts';

/** The password of all users. Not secret. */
export const SIMULATOR_PASSWORD = 'simulator';

type DialectName = 'older' | 'newer';

/** Parameters of the authorization code grant in the vendor's two documentation pages. */
export const DIALECTS: Readonly<
  Record<DialectName, { readonly redirect: string; readonly codeGrant: string; readonly asks: string[] }>
> = {
  older: { redirect: 'redirect_url', codeGrant: 'code', asks: ['grant_type', 'response_type'] },
  newer: { redirect: 'redirect_uri', codeGrant: 'authorization_code', asks: ['response_type'] },
};

export function dialectsOf({ oauthDialect }: Switches) {
  return oauthDialect === 'both' ? Object.values(DIALECTS) : [DIALECTS[oauthDialect]];
}

/** Returns the routes of the pages where a user signs in and consents. @param grantable - Returns the known scopes of those requested. */
export function authorizeRoutes(grantable: (scopes: readonly string[]) => string[]): readonly Route[] {
  const path = '/l/oauth2/authorize';
  return [
    { method: 'GET', path, handle: (call) => answer(() => showSignIn(call, grantable)) },
    { method: 'POST', path, handle: (call) => answer(() => handleForm(call, grantable)) },
  ];
}

/** An error that is shown to the user only, because the client or its redirect URL is not known. */
class Unanswerable extends Error {}

function answer(handle: () => ApiReply): ApiReply {
  try {
    return handle();
  } catch (error) {
    if (error instanceof Unanswerable) return html(refusalPage(error.message), 400);
    throw error;
  }
}

function showSignIn(call: ApiCall, grantable: (scopes: readonly string[]) => string[]): ApiReply {
  const request = readRequest(call, grantable);
  if ('error' in request) return back(request, { error: request.error }, call.switches);
  const { email } = personOf(call.world.model, 1);
  return html(signInPage({ email, password: SIMULATOR_PASSWORD }, undefined));
}

/** Handles a submitted form, which is a sign-in or a decision. */
function handleForm(call: ApiCall, grantable: (scopes: readonly string[]) => string[]): ApiReply {
  const form = new URLSearchParams(call.body);
  const { consents } = call.tokens;
  const decision = form.get('decision');
  if (decision !== null) {
    const signIn = consents.takeSignIn(form.get('sign_in') ?? '');
    if (signIn === undefined) throw new Unanswerable('This sign-in has ended. Start again.');
    const parameters: Record<string, string> =
      decision === 'approve'
        ? { code: consents.issueCode(signIn, call.switches.codeLifetimeSeconds) }
        : { error: 'access_denied' };
    return back(signIn.request, parameters, call.switches);
  }

  const request = readRequest(call, grantable);
  if ('error' in request) return back(request, { error: request.error }, call.switches);
  const [email, password] = [form.get('email') ?? '', form.get('password') ?? ''];
  const user = userOf(call, email);
  if (user === undefined || password !== SIMULATOR_PASSWORD) {
    return html(signInPage({ email, password: '' }, 'There is no user with this e-mail and password.'));
  }
  const name = spokenName(personOf(call.world.model, user));
  return html(consentPage(name, request.scopes, consents.signIn(request, user)));
}

/** Finds the relation with this e-mail address. The address contains the relation's number. */
function userOf({ world }: ApiCall, email: string): number | undefined {
  const id = Number(/\.(\d{1,9})@/.exec(email)?.[1]);
  const isUser =
    world.sets.relation.has(id) && personOf(world.model, id).email === email.trim().toLowerCase();
  return isUser ? id : undefined;
}

type Back = Pick<AuthorizationRequest, 'redirectUrl' | 'state'>;

/** @returns The request, or an error for the client. @throws {Unanswerable} */
function readRequest(
  { query, tokens, switches }: ApiCall,
  grantable: (scopes: readonly string[]) => string[],
): AuthorizationRequest | (Back & { readonly error: string }) {
  if (!tokens.isClient(query.get('client_id'))) throw new Unanswerable('This client is unknown.');
  const dialect = dialectsOf(switches).find(({ redirect }) => query.has(redirect));
  if (dialect === undefined) {
    const expected = dialectsOf(switches).map(({ redirect }) => redirect);
    throw new Unanswerable(`The parameter ${expected.join(' or ')} is missing.`);
  }
  const redirectUrl = query.get(dialect.redirect) ?? '';
  if (!switches.redirectUrls.includes(redirectUrl)) {
    throw new Unanswerable('The redirect url is not one of those registered for this client.');
  }
  const back = { redirectUrl, state: query.get('state') };
  if (!dialect.asks.some((name) => query.get(name) === 'code')) {
    return { ...back, error: 'unsupported_response_type' };
  }
  const challenge = switches.pkce === 'checked' ? query.get('code_challenge') : null;
  if (challenge !== null && query.get('code_challenge_method') !== 'S256') {
    return { ...back, error: 'invalid_request' };
  }
  const asked = (query.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
  const scopes = grantable(asked);
  return switches.unknownScope === 'refused' && scopes.length < asked.length
    ? { ...back, error: 'invalid_scope' }
    : { ...back, scopes, challenge };
}

/** Redirects the user to the client. */
function back(
  { redirectUrl, state }: Back,
  parameters: Record<string, string>,
  { state: echo }: Switches,
): ApiReply {
  const url = new URL(redirectUrl);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  if (state !== null && echo === 'returned') url.searchParams.set('state', state);
  return emptyReply(302, { location: url.href, 'cache-control': 'no-store' });
}

function html(text: string, status = 200): ApiReply {
  const { headers, ...reply } = textReply(text, 'text/html; charset=utf-8', status);
  return {
    ...reply,
    headers: {
      ...headers,
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
    },
  };
}
