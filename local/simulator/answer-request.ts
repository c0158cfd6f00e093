import { accessOf, checkAccess, languageOf, mediaTypeOf } from './access.ts';
import type { ApiCall } from './api-call.ts';
import { ApiError } from './api-error.ts';
import { type ApiReply, type EncodedReply, encodeReply, errorReply } from './api-reply.ts';
import type { Controlled } from './control.ts';
import type { FaultHooks } from './faults/fault-hooks.ts';
import type { Listing } from './listing.ts';
import { ROUTES } from './modules/routes.ts';
import type { PendingWrite } from './pending-write.ts';
import { parseBody } from './read-body.ts';
import { findRoute, type Match, patternOf, type Route } from './route.ts';
import { serveListing } from './serve-listing.ts';

/** A request to the API. */
export interface ApiRequest extends Pick<ApiCall, 'method' | 'headers' | 'body'> {
  /** Path and query; begins with a slash. */
  readonly target: string;
}

/** An answer, and the fault that decides how it is sent; absent if none does. */
export interface ApiAnswer {
  readonly reply: EncodedReply;
  readonly send?: FaultHooks['send'];
}

/** Answers a request as the API does, with the faults that affect it. */
export async function answerRequest(environment: Controlled, request: ApiRequest): Promise<ApiAnswer> {
  const { world, tokens, walks } = environment;
  const { switches } = world.model;
  const { target, ...received } = request;
  // Not resolved against a base, because `//[` would then be read as a host.
  const { pathname: path, searchParams: query } = new URL(`http://localhost${target}`);
  const match = findRoute(ROUTES, request.method, path);
  const call: ApiCall = {
    ...received,
    world,
    switches,
    tokens,
    walks,
    path,
    query,
    parameters: match?.parameters ?? {},
    language: languageOf(request.headers['accept-language'], switches),
    scopes: new Set(),
    user: undefined,
  };
  const hooks = planFaults(environment, match, call);
  const reply = encodeReply(await answer(call, match, hooks), switches);
  return { reply, send: hooks.find((hook) => hook.send !== undefined)?.send };
}

/** Counts the request and returns the hooks of the faults that affect it. */
function planFaults(
  { world, counts, faults, tokens, walks }: Controlled,
  match: Match | undefined,
  { method, path, query, headers }: Pick<ApiCall, 'method' | 'path' | 'query' | 'headers'>,
): FaultHooks[] {
  const pattern = match === undefined ? `${method} {other}` : patternOf(match.route);
  counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
  world.timeline.next();
  const { firstPage } = world.model.switches;
  const isFirstPage = !query.has('after') && Number(query.get('page') ?? firstPage) === firstPage;
  return faults.next({
    pattern,
    path,
    query,
    page: Number(query.get('page') ?? 1),
    walk: walks.count(path, isFirstPage),
    access: accessOf(headers, tokens),
  });
}

async function answer(
  call: ApiCall,
  match: Match | undefined,
  hooks: readonly FaultHooks[],
): Promise<ApiReply> {
  for (const hook of hooks) {
    await hook.before?.(call.tokens);
  }
  return hooks.reduce(
    (reply, hook) => hook.reply?.(reply, call) ?? reply,
    typed(handle(call, match, hooks), call, match),
  );
}

function handle(call: ApiCall, match: Match | undefined, hooks: readonly FaultHooks[]): ApiReply {
  try {
    const access = match?.route.access;
    const granted = access ? checkAccess(access, call.headers, call.tokens, call.switches) : {};
    const instead = hooks.find((hook) => hook.instead !== undefined)?.instead;
    if (instead !== undefined) {
      return instead(mediaTypeOf(access) ?? 'application/json');
    }
    return match === undefined
      ? errorReply(404, 'Unknown module')
      : callModule(match, { ...call, ...granted }, hooks);
  } catch (error) {
    if (error instanceof ApiError) {
      return error.reply(call.switches);
    }
    throw error;
  }
}

function callModule({ route }: Match, call: ApiCall, hooks: readonly FaultHooks[]): ApiReply {
  const read = () => route.handle(call);
  const first = read();
  if (!isListing(first)) {
    return isWrite(first) ? applyWrite(first, route, call) : first;
  }
  return serveListing(first, read as () => Listing, call, hooks);
}

function isListing(answered: ApiReply | Listing | PendingWrite): answered is Listing {
  return 'kind' in answered && answered.kind === 'listing';
}

function isWrite(answered: ApiReply | PendingWrite): answered is PendingWrite {
  return 'kind' in answered;
}

/** Gives successful answers the module's vendor type, unless the switch `responseType` says otherwise. */
function typed(reply: ApiReply, { switches }: ApiCall, match: Match | undefined): ApiReply {
  const vendorType = mediaTypeOf(match?.route.access);
  return vendorType !== undefined &&
    reply.json !== undefined &&
    reply.status < 300 &&
    switches.responseType === 'vendor'
    ? { ...reply, headers: { ...reply.headers, 'content-type': vendorType } }
    : reply;
}

/** Performs the write and records it. */
function applyWrite(write: PendingWrite, route: Route, call: ApiCall): ApiReply {
  const { body, path, world } = call;
  const sent = body === '' ? {} : { body: parseBody(call) };
  const reply = write.apply();
  world.history.applied.push({
    route: patternOf(route),
    path,
    at: new Date(world.timeline.now()).toISOString(),
    ...sent,
  });
  return reply;
}
