import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { SyncError } from '../../core/errors.ts';

/** The empty command of each action: it brings the action's name, endpoint and error types along. */
const COMMANDS = {
  BatchGetItem: () => new BatchGetItemCommand({ RequestItems: {} }),
  BatchWriteItem: () => new BatchWriteItemCommand({ RequestItems: {} }),
  GetItem: () => new GetItemCommand({ TableName: '-', Key: {} }),
  PutItem: () => new PutItemCommand({ TableName: '-', Item: {} }),
  Scan: () => new ScanCommand({ TableName: '-' }),
};

export type RawAction = keyof typeof COMMANDS;

/** One call's bodies, on their way through the SDK beside the empty command's. */
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
 * Calls DynamoDB with a request body of our own making and gives back the answer's text. The SDK still finds the
 * endpoint, signs, retries and tells errors apart; what is left out is its conversion of the bodies, which is most
 * of the CPU that storing an object costs, and which loses attributes called `__proto__`.
 *
 * @param body - As the DynamoDB API defines it for the action.
 * @throws The SDK's own errors; {SyncError} `STORE_UNAVAILABLE` when the answer is not DynamoDB's.
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
  // As bytes: a text would be encoded anew to be measured, to be signed and to be sent.
  const bodies: Bodies = { sent: Buffer.from(body), answered: '' };
  await handle({ input: NO_INPUT, bodies });
  // Checked here, because a parser's message would quote it.
  if (!bodies.answered.startsWith('{')) {
    throw new SyncError('STORE_UNAVAILABLE', 'something else than DynamoDB answers at its endpoint');
  }
  return bodies.answered;
}

const NO_INPUT = {};

const handlers = new WeakMap<DynamoDBClient, Map<RawAction, Handler>>();

/**
 * The handler of calls without a signal. It is made once, since that costs as much as a call does; the SDK's
 * `cacheMiddleware` does the same, but would have the document client send its first command again and again.
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
  // One command's type stands for all: what differs between them is left out here anyway.
  const command = COMMANDS[action]() as GetItemCommand;
  command.middlewareStack.add(
    (next) => (args) => {
      const { request, bodies } = args as unknown as Passing;
      request.body = bodies.sent;
      return next(args);
    },
    // Before the SDK measures the content's length and signs it.
    { step: 'build', priority: 'high', name: 'ownRequestBody' },
  );
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { readonly statusCode: number; body: unknown };
      const bytes = await readAll(response.body as AsyncIterable<Uint8Array>);
      const isAnswer = response.statusCode === 200;
      if (isAnswer) (args as unknown as Passing).bodies.answered = bytes.toString('utf8');
      // An error's body is for the SDK to read; of an answer's it gets an empty one.
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
