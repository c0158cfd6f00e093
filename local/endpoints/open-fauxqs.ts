import type { IncomingMessage, ServerResponse } from 'node:http';
import { type BuildAppOptions, buildApp } from 'fauxqs';
import { deliverAsAws, type SqsQueue, type SqsStore } from './fifo-delivery.ts';

type Stores = NonNullable<BuildAppOptions['stores']>;
type Persistence = NonNullable<SqsStore['persistence']>;

// fauxqs does not export these. Its own server cannot be used, because with a database it listens on every network interface.
const sqs = (await importInternal('sqs/sqsStore.js')) as {
  readonly SqsStore: new () => SqsStore;
  readonly SqsQueue: { readonly prototype: SqsQueue };
};
const sns = (await importInternal('sns/snsStore.js')) as { readonly SnsStore: new () => Stores['snsStore'] };
const s3 = (await importInternal('s3/s3Store.js')) as { readonly S3Store: new () => Stores['s3Store'] };

deliverAsAws(sqs.SqsQueue.prototype);

/** SQS queues, served through the caller's HTTP server. */
export interface Fauxqs {
  /** Answers a request in SQS's JSON protocol. */
  answer(request: IncomingMessage, response: ServerResponse): void;
  close(): void;
}

/**
 * Opens SQS queues.
 *
 * @param origin - Address of the caller's HTTP server, with which the queues' URLs begin.
 * @param path - Folder of the database, which no other process may have open; in memory if undefined.
 */
export async function openFauxqs(origin: string, path: string | undefined): Promise<Fauxqs> {
  const stores: Stores = {
    sqsStore: createStore(origin),
    snsStore: new sns.SnsStore(),
    s3Store: new s3.S3Store(),
  };
  const database = path === undefined ? undefined : await openDatabase(path, stores);
  const app = buildApp({ logger: false, stores });
  await app.ready();
  return {
    answer(request, response) {
      // Some clients send the request to the queue's URL. fauxqs expects the root, and the body names the queue too.
      request.url = '/';
      app.routing(request, response);
    },
    close: () => database?.close(),
  };
}

function createStore(origin: string): SqsStore {
  const store = new sqs.SqsStore();
  const { createQueue } = store;
  // The URL of fauxqs has a host that does not resolve, and a stored URL has the port of an earlier start.
  store.createQueue = (name, _url, ...rest) =>
    createQueue.call(store, name, `${origin}/000000000000/${name}`, ...rest);
  return store;
}

/** Loads the queues of earlier starts and stores every change from now on. */
async function openDatabase(path: string, { sqsStore, snsStore }: Stores): Promise<Persistence> {
  const { PersistenceManager } = (await importInternal('persistence.js')) as {
    readonly PersistenceManager: new (folder: string) => Persistence;
  };
  const database = new PersistenceManager(path);
  database.loadSqsAndSns(sqsStore, snsStore);
  sqsStore.persistence = database;
  for (const queue of sqsStore.allQueues()) {
    queue.persistence = database;
    // The receivers of these messages ended with the earlier start.
    for (const receiptHandle of queue.inflightMessages.keys()) queue.changeVisibility(receiptHandle, 0);
  }
  return database;
}

async function importInternal(file: string): Promise<unknown> {
  return await import(new URL(file, import.meta.resolve('fauxqs')).href);
}
