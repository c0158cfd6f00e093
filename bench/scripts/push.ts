import { createDynamoDb } from '../../lambda/aws/clients.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { createTokenSource } from '../../lambda/procurios/token/client-token.ts';
import { createPush, type QueueEvent } from '../../lambda/wiring/run-push.ts';
import { procuriosHost, serveRounds } from './round.ts';

/** A round of changes to send. */
export interface PushRound {
  readonly changes: number;
  /** Number of subjects, to which the changes are assigned in turn. */
  readonly subjects: number;
}

/** Number of changes in a batch, as an event source delivers them. */
const BATCH = 10;
const NEVER = new AbortController().signal;
const host = procuriosHost();
const tokenUrl = `${host}/l/oauth2/token`;
const operation = {
  name: 'write',
  method: 'POST',
  path: '/l/bench_api/write',
  mediaType: 'application/json',
  repeatable: false,
  ids: {},
} as const;

const push = createPush({
  config: {
    environment: 'bench',
    host,
    acceptLanguage: 'nl',
    requestsPerSecond: { pull: 1, push: 100_000 },
    operations: { write: operation },
  } as unknown as Config,
  dynamoDb: createDynamoDb(),
  queue: { async hide() {} },
  deadLetters: { send: async () => ({ unqueued: [], messageIds: new Map() }) },
  token: createTokenSource({
    tokenUrl,
    scopes: [],
    readCredentials: async () => ({ clientId: 'bench', clientSecret: 'bench' }),
  }),
  concurrency: 1,
  log: { info() {}, warn() {}, error() {} },
  metrics: { count() {} },
});

let sent = 0;

/** Creates a batch as the event source delivers it. */
function batchOf(size: number, subjects: number): QueueEvent {
  const Records = Array.from({ length: size }, (_, index) => {
    sent += 1;
    const subject = `relation/${index % subjects}`;
    const body = { first_name: 'Ada', last_name: `Number ${sent}` };
    return {
      messageId: `message-${sent}`,
      receiptHandle: `receipt-${sent}`,
      body: JSON.stringify({ changeId: `change-${sent}`, operation: 'write', subject, body }),
      attributes: {
        MessageGroupId: subject,
        ApproximateReceiveCount: '1',
        SentTimestamp: String(Date.now()),
      },
    };
  });
  return { Records };
}

// One handler takes batch after batch.
serveRounds(async ({ changes, subjects }: PushRound) => {
  for (let done = 0; done < changes; done += BATCH) {
    const { batchItemFailures } = await push(batchOf(Math.min(BATCH, changes - done), subjects), NEVER);
    if (batchItemFailures.length > 0) throw new Error('changes were handed back');
  }
  return {};
});
