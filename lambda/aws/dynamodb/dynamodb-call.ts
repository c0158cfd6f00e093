import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
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
  GetItem: () => new GetItemCommand({ TableName: '-', Key: {} }),
  PutItem: () => new PutItemCommand({ TableName: '-', Item: {} }),
  Query: () => new QueryCommand({ TableName: '-' }),
  Scan: () => new ScanCommand({ TableName: '-' }),
  UpdateItem: () => new UpdateItemCommand({ TableName: '-', Key: {} }),
};

export type RawAction = keyof typeof COMMANDS;

/** One call's request and answer. They pass through the SDK's middleware in place of the empty command's bodies. */
interface Bodies {
  readonly sent: Buffer;
  answered: string;
}
interface Passing {
  readonly bodies: Bodies;
  readonly request: { body: unknown };
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
  const handle =
    signal === undefined ? keptHandler(client, action) : makeHandler(client, action, { abortSignal: signal });
  // As bytes, because the SDK would encode a text three times: to measure it, to sign it and to send it.
  const bodies: Bodies = { sent: Buffer.from(body), answered: '' };
  await handle({ input: NO_INPUT, bodies });
  // Checked here, because the message of a JSON parser would quote the answer.
  if (!bodies.answered.startsWith('{')) {
    throw new SyncError('STORE_UNAVAILABLE', 'the answer at the endpoint is not from DynamoDB');
  }
  return bodies.answered;
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
      const bytes = await readAll(response.body as AsyncIterable<Uint8Array>);
      const isAnswer = response.statusCode === 200;
      if (isAnswer) (args as unknown as Passing).bodies.answered = bytes.toString('utf8');
      // The SDK gets the body of an error, to name the error, and an empty object in place of any other answer.
      response.body = isAnswer ? EMPTY_ANSWER : new Uint8Array(bytes);
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'ownResponseBody' },
  );
  return command.resolveMiddleware(client.middlewareStack, client.config, options) as unknown as Handler;
}

const EMPTY_ANSWER = new TextEncoder().encode('{}');

async function readAll(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
