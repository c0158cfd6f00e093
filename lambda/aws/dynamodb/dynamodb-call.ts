import type { Readable } from 'node:stream';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { SyncError } from '../../core/errors.ts';

/** An empty command for each action, which holds the action's name, endpoint and error types. */
const COMMANDS = {
  BatchGetItem: () => new BatchGetItemCommand({ RequestItems: {} }),
  BatchWriteItem: () => new BatchWriteItemCommand({ RequestItems: {} }),
  DeleteItem: () => new DeleteItemCommand({ TableName: '-', Key: {} }),
  GetItem: () => new GetItemCommand({ TableName: '-', Key: {} }),
  PutItem: () => new PutItemCommand({ TableName: '-', Item: {} }),
  Query: () => new QueryCommand({ TableName: '-' }),
  Scan: () => new ScanCommand({ TableName: '-' }),
  UpdateItem: () => new UpdateItemCommand({ TableName: '-', Key: {} }),
};

export type RawAction = keyof typeof COMMANDS;

type Config = DynamoDBClient['config'];
type HttpRequest = Parameters<Config['requestHandler']['handle']>[0];

/** One call's request and answer. They pass through the SDK's middleware in place of the empty command's bodies. */
interface Bodies {
  readonly sent: Buffer;
  answered: string;
}
interface Passing {
  readonly bodies: Bodies;
  request: HttpRequest;
}
type Handler = (call: { readonly input: object; readonly bodies: Bodies }) => Promise<unknown>;

/**
 * Calls DynamoDB with a request body that the caller wrote, and returns the answer's text. The SDK still finds the
 * endpoint, signs, retries and names errors. Its conversion of the bodies is skipped, because that takes most of the CPU
 * that storing an object costs, and because it loses attributes called `__proto__`.
 *
 * @param body - The request as JSON, as the DynamoDB API defines it for the action.
 * @throws The SDK's own errors; {SyncError} `STORE_UNAVAILABLE` when the answer is not a JSON object.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/
 */
export async function callRaw(
  client: DynamoDBClient,
  action: RawAction,
  body: string,
  signal?: AbortSignal,
): Promise<string> {
  // As bytes, because the SDK would encode a text three times: to measure it, to sign it and to send it.
  const sent = Buffer.from(body);
  const answered =
    (await callDirectly(client, action, sent, signal)) ?? (await callBySdk(client, action, sent, signal));
  // Checked here, because the message of a JSON parser would quote the answer.
  if (!answered.startsWith('{')) {
    throw new SyncError('STORE_UNAVAILABLE', 'the answer at the endpoint is not from DynamoDB');
  }
  return answered;
}

/** The SDK's own calls: with its retries, its correction of the clock and its names of errors. */
async function callBySdk(
  client: DynamoDBClient,
  action: RawAction,
  sent: Buffer,
  signal: AbortSignal | undefined,
): Promise<string> {
  const handle =
    signal === undefined ? keptHandler(client, action) : makeHandler(client, action, { abortSignal: signal });
  const bodies: Bodies = { sent, answered: '' };
  await handle({ input: NO_INPUT, bodies });
  return bodies.answered;
}

/** The last request of each client that succeeded: where it went, and with which headers. */
const lastRequests = new WeakMap<DynamoDBClient, HttpRequest>();

const DYNAMODB = { signingName: 'dynamodb' } as NonNullable<Parameters<Config['signer']>[0]>;
const signers = new WeakMap<DynamoDBClient, ReturnType<Config['signer']>>();

/** The client's own signer. It is kept, because the client would make one for each call. It reads the credentials for each call. */
function signerOf(client: DynamoDBClient): ReturnType<Config['signer']> {
  const signer = signers.get(client) ?? client.config.signer(DYNAMODB);
  signers.set(client, signer);
  return signer;
}

/**
 * Sends a call like the last one that succeeded, by the client's own signer and request handler, without the SDK's middleware
 * between. The middleware would take three quarters of the CPU of a call.
 *
 * @returns The answer; undefined if the call must be made by the SDK, because none succeeded yet or this one failed in any way.
 * Like a retry of the SDK, that call then repeats this one.
 * @throws The signal's reason, if it aborts.
 */
async function callDirectly(
  client: DynamoDBClient,
  action: RawAction,
  sent: Buffer,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const last = lastRequests.get(client);
  if (last === undefined) return undefined;
  const headers = {
    ...last.headers,
    'x-amz-target': `DynamoDB_20120810.${action}`,
    'content-length': String(sent.length),
  };
  const { config } = client;
  try {
    const signer = await signerOf(client);
    const signingDate = new Date(Date.now() + config.systemClockOffset);
    // The signer makes a request of its own from these fields.
    const signed = await signer.sign({ ...last, headers, body: sent }, { signingDate });
    const { response } = await config.requestHandler.handle(
      signed as HttpRequest,
      signal && { abortSignal: signal },
    );
    const bytes = await readAll(response.body);
    return response.statusCode === 200 ? bytes.toString('utf8') : undefined;
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

const NO_INPUT = {};

const handlers = new WeakMap<DynamoDBClient, Map<RawAction, Handler>>();

/**
 * Returns the handler of calls without a signal. It is cached, because making one costs as much as a call. The SDK's
 * `cacheMiddleware` is no alternative, because it keeps one handler per class of commands, also for those of other callers.
 */
function keptHandler(client: DynamoDBClient, action: RawAction): Handler {
  const ofClient = handlers.get(client) ?? new Map<RawAction, Handler>();
  handlers.set(client, ofClient);
  const handler = ofClient.get(action) ?? makeHandler(client, action, undefined);
  ofClient.set(action, handler);
  return handler;
}

function makeHandler(
  client: DynamoDBClient,
  action: RawAction,
  options: { abortSignal: AbortSignal } | undefined,
): Handler {
  // Typed as one of the commands. They differ only in their bodies, which the SDK neither writes nor reads here.
  const command = COMMANDS[action]() as GetItemCommand;
  command.middlewareStack.add(
    (next) => (args) => {
      const { request, bodies } = args as unknown as Passing;
      request.body = bodies.sent;
      return next(args);
    },
    // Before the SDK sets Content-Length and signs the request.
    { step: 'build', priority: 'high', name: 'ownRequestBody' },
  );
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { readonly statusCode: number; body: unknown };
      const bytes = await readAll(response.body as Readable);
      const isAnswer = response.statusCode === 200;
      if (isAnswer) {
        const { bodies, request } = args as unknown as Passing;
        bodies.answered = bytes.toString('utf8');
        noteRequest(client, request);
      }
      // The SDK gets the body of an error, to name the error, and an empty object in place of any other answer.
      response.body = isAnswer ? EMPTY_ANSWER : new Uint8Array(bytes);
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'ownResponseBody' },
  );
  return command.resolveMiddleware(client.middlewareStack, client.config, options) as unknown as Handler;
}

/** Headers of a single attempt. The signer adds its own. */
const OF_ONE_ATTEMPT = /^(authorization|x-amz-(date|security-token|content-sha256)|amz-sdk-.*)$/i;

function noteRequest(client: DynamoDBClient, request: HttpRequest): void {
  const kept = request.clone();
  for (const name of Object.keys(kept.headers)) if (OF_ONE_ATTEMPT.test(name)) delete kept.headers[name];
  kept.body = undefined;
  lastRequests.set(client, kept);
}

const EMPTY_ANSWER = new TextEncoder().encode('{}');

/** Reads a response's body by its events, because iterating over the stream takes several times as much CPU. */
function readAll(body: Readable): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    body.on('data', (chunk: Buffer) => chunks.push(chunk));
    body.once('end', () => resolve(Buffer.concat(chunks)));
    body.once('error', reject);
    // A no-op after the end and after an error.
    body.once('close', () => reject(new Error('the connection closed before the answer ended')));
  });
}
