import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isLoopbackHost } from '../loopback-host.ts';
import { accessOf, checkAccess, languageOf, mediaTypeOf } from './access.ts';
import { answerControl, CONTROL_ROOT } from './answer-control.ts';
import type { ApiCall } from './api-call.ts';
import { ApiError } from './api-error.ts';
import { type ApiReply, encodeReply, errorReply, sendReply } from './api-reply.ts';
import type { Control, Controlled } from './control.ts';
import type { FaultHooks } from './faults/fault-hooks.ts';
import type { Listing } from './listing.ts';
import { ROUTES } from './modules/routes.ts';
import type { PendingWrite } from './pending-write.ts';
import { parseBody } from './read-body.ts';
import { findRoute, type Match, patternOf, type Route } from './route.ts';
import { serveListing } from './serve-listing.ts';

/** The state behind the server, and its control. */
export interface SimulatedEnvironment extends Controlled {
  readonly control: Control;
}

/** Creates the HTTP server with the API and the control interface. The caller starts it with `listen`. */
export function createApiServer(environment: SimulatedEnvironment): Server {
  return createServer((request, response) => {
    respond(environment, request, response).catch((error: unknown) => {
      // An unexpected error, or a request that was cut off.
      if (!response.headersSent) {
        sendReply(response, encodeReply(errorReply(500, String(error)), environment.world.model.switches));
      }
    });
  });
}

async function respond(
  environment: SimulatedEnvironment,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { switches } = environment.world.model;
  const refuse = (status: number, text: string): void => {
    sendReply(response, encodeReply(errorReply(status, text), switches));
  };
  if (!isLoopbackHost(request.headers.host)) return refuse(421, 'Host is not a loopback address');
  const { method = 'GET', url = '' } = request;
  if (!url.startsWith('/')) return refuse(400, 'The request target is not a path');
  // Not resolved against a base, because `//[` would then be read as a host.
  const { pathname, searchParams } = new URL(`http://localhost${url}`);
  const body = await readBody(request);
  if (body === undefined) return refuse(413, 'The body is larger than 16 MB');
  if (pathname.startsWith(CONTROL_ROOT)) {
    sendReply(response, encodeReply(answerControl(environment.control, request, pathname, body), switches));
    return;
  }
  const match = findRoute(ROUTES, method, pathname);
  const call: ApiCall = {
    method,
    world: environment.world,
    switches,
    tokens: environment.tokens,
    walks: environment.walks,
    path: pathname,
    query: searchParams,
    parameters: match?.parameters ?? {},
    headers: request.headers,
    body,
    language: languageOf(request.headers['accept-language'], switches),
    scopes: new Set(),
    user: undefined,
  };
  const hooks = planFaults(environment, match, call);
  const reply = await answer(call, match, hooks);
  if (!response.destroyed) {
    const send = hooks.find((hook) => hook.send !== undefined)?.send ?? sendReply;
    send(response, encodeReply(reply, switches));
  }
}

/** Counts the request and returns the hooks of the faults that affect it. */
function planFaults(
  { world, counts, faults, tokens, walks }: SimulatedEnvironment,
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

/** Far above any write. Every user of the machine, and every web page, can send a body. */
const LARGEST_BODY_BYTES = 16 * 1024 * 1024;

/** @returns Undefined for a body of more than {@link LARGEST_BODY_BYTES}. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += (chunk as Buffer).length;
    if (bytes > LARGEST_BODY_BYTES) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
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
