import { randomUUID } from 'node:crypto';
import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** One call on its way to AWS, or to any other server. */
export interface ProxiedCall {
  /** `BatchWriteItem`, `GetItem`, …; of another server `POST /path`. */
  readonly action: string;
  /** The same for every attempt that the SDK makes of one call; elsewhere every request has its own. */
  readonly invocation: string;
  /** What is sent, as text. */
  readonly body: string;
  /** Which call of this action it is, from 1. */
  readonly ordinal: number;
  /** The items and keys it writes or asks for, in DynamoDB's JSON: `{"_id": {"S": "1"}}`. */
  readonly items: readonly AttributeMap[];
}
export type AttributeMap = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What happens to a call instead of being passed on as it is. */
export type Fault =
  /** Refused with an error of AWS: `ThrottlingException`, `ProvisionedThroughputExceededException`, … */
  | { readonly refuse: string }
  /** The last so many writes of a BatchWriteItem come back unprocessed, the others are carried out. */
  | { readonly unprocessed: number }
  /** Answered with this status and no DynamoDB error. */
  | { readonly status: number }
  /** Carried out after a wait. */
  | { readonly delayMs: number }
  /** Not answered until the proxy closes; not carried out. */
  | 'stall'
  /** The connection is cut; not carried out. */
  | 'drop'
  /** Carried out, but not answered until the proxy closes. */
  | 'silence'
  /** Carried out, but the connection is cut before the answer. */
  | 'loseReply';

export interface FaultProxy {
  readonly url: string;
  /** Calls by action, refused ones included. */
  calls(): Readonly<Record<string, number>>;
  /** Items and keys in those calls, by action. */
  items(): Readonly<Record<string, number>>;
  /** Decides about every call from now on; `undefined` passes it on. One handler at a time. */
  onCall(handler: (call: ProxiedCall) => Fault | undefined): void;
  close(): Promise<void>;
}

/** The writes of a BatchWriteItem or the keys of a BatchGetItem, by table. */
interface Batch {
  readonly RequestItems: Record<string, BatchWrite[] | { readonly Keys: AttributeMap[] }>;
}
interface BatchWrite {
  readonly PutRequest?: { readonly Item: AttributeMap };
  readonly DeleteRequest?: { readonly Key: AttributeMap };
}

/** A fault that refuses every batch which holds an item that `isBad` names, as DynamoDB refuses invalid ones. */
export function refuseItems(isBad: (item: AttributeMap) => boolean) {
  return (call: ProxiedCall): Fault | undefined =>
    call.items.some(isBad) ? { refuse: 'ValidationException' } : undefined;
}

/** Starts a proxy on loopback in front of an endpoint of AWS, or of any other HTTP server. */
export async function startFaultProxy(targetUrl: string): Promise<FaultProxy> {
  const calls: Record<string, number> = {};
  const items: Record<string, number> = {};
  const agent = new Agent({ keepAlive: true });
  let decide: (call: ProxiedCall) => Fault | undefined = () => undefined;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const target = request.headers['x-amz-target']?.toString().replace(/^.*\./, '');
    const action = target ?? `${request.method} ${request.url}`;
    const call = {
      action,
      invocation: request.headers['amz-sdk-invocation-id']?.toString() ?? randomUUID(),
      body,
      ordinal: (calls[action] ?? 0) + 1,
      items: target === undefined ? [] : itemsOf(action, body),
    };
    calls[action] = call.ordinal;
    items[action] = (items[action] ?? 0) + call.items.length;
    const forward = (sent: string) => forwardCall(targetUrl, agent, request, sent);
    await answer(decide(call), body, response, forward);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => ({ ...calls }),
    items: () => ({ ...items }),
    onCall: (handler) => {
      decide = handler;
    },
    async close() {
      agent.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}

async function answer(
  fault: Fault | undefined,
  body: string,
  response: ServerResponse,
  forward: (body: string) => Promise<Reply>,
): Promise<void> {
  if (fault === 'stall') {
    return;
  }
  if (fault === 'drop') {
    response.destroy();
  } else if (fault === 'loseReply') {
    await forward(body);
    response.destroy();
  } else if (fault === 'silence') {
    await forward(body);
  } else if (fault === undefined) {
    reply(response, await forward(body));
  } else if ('delayMs' in fault) {
    await sleep(fault.delayMs);
    reply(response, await forward(body));
  } else if ('refuse' in fault) {
    const type = `com.amazonaws.dynamodb.v20120810#${fault.refuse}`;
    reply(response, { status: 400, body: JSON.stringify({ __type: type, message: 'refused by the test' }) });
  } else if ('status' in fault) {
    reply(response, { status: fault.status, body: '{}' });
  } else {
    reply(response, await forwardSome(body, fault.unprocessed, forward));
  }
}

interface Reply {
  readonly status: number;
  readonly body: string;
  /** @default 'application/x-amz-json-1.0' */
  readonly type?: string;
}

function reply(response: ServerResponse, { status, body, type = 'application/x-amz-json-1.0' }: Reply): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}

/** Forwards a batch without its last writes, and returns those as `UnprocessedItems`, as DynamoDB does. */
async function forwardSome(
  body: string,
  unprocessed: number,
  forward: (body: string) => Promise<Reply>,
): Promise<Reply> {
  const { RequestItems, ...rest } = JSON.parse(body) as Batch;
  const writes = Object.entries(RequestItems).flatMap(([table, requests]) =>
    (requests as BatchWrite[]).map((write) => [table, write] as const),
  );
  const cut = Math.max(0, writes.length - unprocessed);
  const left = { UnprocessedItems: byTable(writes.slice(cut)) };
  if (cut === 0) {
    return { status: 200, body: JSON.stringify(left) };
  }
  const answered = await forward(JSON.stringify({ ...rest, RequestItems: byTable(writes.slice(0, cut)) }));
  return answered.status === 200
    ? { status: 200, body: JSON.stringify({ ...JSON.parse(answered.body), ...left }) }
    : answered;
}

function byTable(writes: readonly (readonly [string, BatchWrite])[]): Record<string, BatchWrite[]> {
  const tables: Record<string, BatchWrite[]> = {};
  for (const [table, write] of writes) {
    tables[table] = [...(tables[table] ?? []), write];
  }
  return tables;
}

function itemsOf(action: string, body: string): AttributeMap[] {
  const parsed = JSON.parse(body) as Batch & { Item?: AttributeMap; Key?: AttributeMap };
  if (action.startsWith('Batch')) {
    return Object.values(parsed.RequestItems).flatMap((requests) =>
      Array.isArray(requests)
        ? requests.map((write) => write.PutRequest?.Item ?? write.DeleteRequest?.Key ?? {})
        : requests.Keys,
    );
  }
  const item = parsed.Item ?? parsed.Key;
  return item === undefined ? [] : [item];
}

function forwardCall(
  targetUrl: string,
  agent: Agent,
  request: IncomingMessage,
  body: string,
): Promise<Reply> {
  const headers = { ...request.headers, 'content-length': String(Buffer.byteLength(body)) };
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const url = new URL(request.url ?? '/', targetUrl);
  httpRequest(url, { method: request.method, agent, headers }, (answered) => {
    const { statusCode = 500, headers: answeredHeaders } = answered;
    const type = answeredHeaders['content-type'];
    text(answered).then((read) => resolve({ status: statusCode, body: read, type }), reject);
  })
    .on('error', reject)
    .end(body);
  return promise;
}
