import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { SyncError } from '../core/errors.ts';

/** The empty command of each action: it brings the action's name, endpoint and error types along. */
const COMMANDS = {
  BatchGetItem: () => new BatchGetItemCommand({ RequestItems: {} }),
  BatchWriteItem: () => new BatchWriteItemCommand({ RequestItems: {} }),
  GetItem: () => new GetItemCommand({ TableName: '-', Key: {} }),
  Scan: () => new ScanCommand({ TableName: '-' }),
};

interface RawRequest {
  body: unknown;
}
interface RawResponse {
  statusCode: number;
  body: unknown;
}

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
  action: keyof typeof COMMANDS,
  body: string,
  signal?: AbortSignal,
): Promise<string> {
  // One command's type stands for all: what differs between them is left out here anyway.
  const command = COMMANDS[action]() as GetItemCommand;
  // As bytes: a text would be encoded anew to be measured, to be signed and to be sent.
  const bodyBytes = Buffer.from(body);
  let text = '';
  command.middlewareStack.add(
    (next) => (args) => {
      (args.request as RawRequest).body = bodyBytes;
      return next(args);
    },
    // Before the SDK measures the content's length and signs it.
    { step: 'build', priority: 'high', name: 'ownRequestBody' },
  );
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as RawResponse;
      const bytes = await readAll(response.body as AsyncIterable<Uint8Array>);
      if (response.statusCode === 200) text = bytes.toString('utf8');
      // An error's body is for the SDK to read; of an answer's it gets an empty one.
      response.body = response.statusCode === 200 ? EMPTY_ANSWER : new Uint8Array(bytes);
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'ownResponseBody' },
  );
  await client.send(command, { abortSignal: signal });
  // Checked here, because a parser's message would quote it.
  if (!text.startsWith('{')) {
    throw new SyncError('STORE_UNAVAILABLE', 'something else than DynamoDB answers at its endpoint');
  }
  return text;
}

const EMPTY_ANSWER = new TextEncoder().encode('{}');

async function readAll(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
