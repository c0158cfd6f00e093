import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { operation } from '../../../../config/catalogue/operations.ts';
import { channels } from '../../../../config/catalogue/streams.ts';
import { checkConfig } from '../../../../config/check-config.ts';
import { createPush, type QueueEvent } from '../../../../lambda/wiring/run-push.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../../local/endpoints/embedded-aws.ts';
import { createTables } from '../../../../local/endpoints/tables.ts';
import { dynamoDbOf } from '../../../support/embedded-aws.ts';
import { answerJson, startHttpServer } from '../../../support/http-server.ts';

const BATCH = 10;

let aws: EmbeddedAws;
beforeAll(async () => {
  aws = await startEmbeddedAws();
});
afterAll(() => aws.close());

/** Answers a write with an empty object. */
type Release = () => void;

interface Watched {
  /** The most writes that were under way at the same time. */
  readonly mostInAll: number;
  readonly mostOfSubject: number;
  /** The changes in the order of their arrival. */
  readonly arrived: readonly string[];
  /** What the ledger has of each is accepted. */
  readonly accepted: readonly string[];
}

/**
 * Has one handler send a batch to a server that holds on to the writes.
 *
 * @param onEvent - Called whenever a write arrived or an outcome was noted: it may answer those that are held, by change.
 */
async function watchBatch(
  environment: string,
  changes: readonly { changeId: string; subject: string }[],
  onEvent: (held: ReadonlyMap<string, Release>, watched: Watched) => void,
): Promise<Watched> {
  const held = new Map<string, Release>();
  const ofSubject = new Map<string, number>();
  const watched = { mostInAll: 0, mostOfSubject: 0, arrived: [] as string[], accepted: [] as string[] };
  const hold = ({ changeId, subject }: { changeId: string; subject: string }, response: ServerResponse) => {
    const count = (ofSubject.get(subject) ?? 0) + 1;
    ofSubject.set(subject, count);
    held.set(changeId, () => {
      held.delete(changeId);
      ofSubject.set(subject, (ofSubject.get(subject) ?? 0) - 1);
      answerJson(response, {});
    });
    watched.arrived.push(changeId);
    watched.mostInAll = Math.max(watched.mostInAll, held.size);
    watched.mostOfSubject = Math.max(watched.mostOfSubject, count);
    onEvent(held, watched);
  };
  await using server = await startHttpServer(({ body }, response) => hold(JSON.parse(body), response));

  const config = configFor(environment, server.origin);
  const dynamoDb = dynamoDbOf(aws);
  await createTables(dynamoDb, { ...config, streams: [] });
  const note = (_message: string, { changeId, outcome }: Record<string, unknown> = {}) => {
    if (outcome === 'accepted') watched.accepted.push(String(changeId));
    onEvent(held, watched);
  };
  const push = createPush({
    config,
    dynamoDb,
    queue: { hide: async () => {} },
    deadLetters: { send: async () => ({ unqueued: [], messageIds: new Map() }) },
    token: { get: async () => 'token', drop() {} },
    concurrency: 1,
    log: { info: note, warn: note, error: note },
    metrics: { count() {} },
  });
  await push(eventOf(changes), new AbortController().signal);
  return watched;
}

const configFor = (environment: string, host: string) =>
  checkConfig({
    environment,
    host,
    auth: { grant: 'clientCredentials', scopes: ['things'] },
    requestsPerSecond: { pull: 1000, push: 1000 },
    streams: [channels('channels')],
    operations: { write: operation('POST', '/l/things_api/thing', { mediaType: 'application/json' }) },
  });

function eventOf(changes: readonly { changeId: string; subject: string }[]): QueueEvent {
  const Records = changes.map((change) => ({
    messageId: change.changeId,
    receiptHandle: change.changeId,
    body: JSON.stringify({ ...change, operation: 'write', body: change }),
    attributes: {
      MessageGroupId: change.subject,
      ApproximateReceiveCount: '1',
      SentTimestamp: String(Date.now()),
    },
  }));
  return { Records };
}

const numbered = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${name}${index + 1}`);

test('changes of ten subjects are all under way at the same time', async () => {
  const changes = numbered('c', BATCH).map((changeId) => ({ changeId, subject: `thing/${changeId}` }));

  const watched = await watchBatch('side-by-side', changes, (held) => {
    if (held.size === BATCH) for (const release of [...held.values()]) release();
  });

  expect(watched).toMatchObject({ mostInAll: BATCH, mostOfSubject: 1 });
  expect(watched.accepted.toSorted()).toEqual(changes.map(({ changeId }) => changeId).toSorted());
});

test('changes of one subject are under way strictly one at a time, in their order, beside all others', async () => {
  const ofOne = numbered('one', 4);
  const others = numbered('other', BATCH - ofOne.length);
  const changes = [
    ...ofOne.map((changeId) => ({ changeId, subject: 'thing/1' })),
    ...others.map((changeId) => ({ changeId, subject: `thing/${changeId}` })),
  ];

  const watched = await watchBatch('one-by-one', changes, (held, { accepted }) => {
    // The subject's first write is answered last of all: whatever did not wait for it has arrived by then.
    const areOthersDone = others.every((id) => accepted.includes(id));
    for (const [id, release] of [...held]) if (areOthersDone || others.includes(id)) release();
  });

  expect(watched.mostOfSubject).toBe(1);
  expect(watched.arrived.filter((id) => ofOne.includes(id))).toEqual(ofOne);
  expect(watched.accepted.slice(-ofOne.length)).toEqual(ofOne);
  expect(watched.accepted).toHaveLength(BATCH);
});
