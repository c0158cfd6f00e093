import type { IncomingMessage, ServerResponse } from 'node:http';
import { type BuildAppOptions, buildApp } from 'fauxqs';
import { deliverAsAws, type SqsQueue, type SqsStore } from './fifo-delivery.ts';

type Stores = NonNullable<BuildAppOptions['stores']>;
type Persistence = NonNullable<SqsStore['persistence']>;

// What fauxqs has and does not export; its own way to start with a database listens on every network.
const sqs = (await importInternal('sqs/sqsStore.js')) as {
  readonly SqsStore: new () => SqsStore;
  readonly SqsQueue: { readonly prototype: SqsQueue };
};
const sns = (await importInternal('sns/snsStore.js')) as { readonly SnsStore: new () => Stores['snsStore'] };
const s3 = (await importInternal('s3/s3Store.js')) as { readonly S3Store: new () => Stores['s3Store'] };

deliverAsAws(sqs.SqsQueue.prototype);

/** SQS without a port of its own. */
export interface Fauxqs {
  /** Answers a request of SQS's JSON protocol. */
  answer(request: IncomingMessage, response: ServerResponse): void;
  close(): void;
}

/**
 * Opens SQS queues.
 *
 * @param origin - Where they are reached: their URLs begin with it.
 * @param path - Folder of the database, which nobody else may have open; absent: in memory.
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
      // Clients that follow a queue's URL ask for its path; the queue is named in the body too.
      request.url = '/';
      app.routing(request, response);
    },
    close: () => database?.close(),
  };
}

function createStore(origin: string): SqsStore {
  const store = new sqs.SqsStore();
  const { createQueue } = store;
  // Not fauxqs's own URL, whose host no resolver knows, nor the one of an earlier start, with another port.
  store.createQueue = (name, _url, ...rest) =>
    createQueue.call(store, name, `${origin}/000000000000/${name}`, ...rest);
  return store;
}

/** Loads what an earlier start kept, and keeps everything from now on. */
async function openDatabase(path: string, { sqsStore, snsStore }: Stores): Promise<Persistence> {
  const { PersistenceManager } = (await importInternal('persistence.js')) as {
    readonly PersistenceManager: new (folder: string) => Persistence;
  };
  const database = new PersistenceManager(path);
  database.loadSqsAndSns(sqsStore, snsStore);
  sqsStore.persistence = database;
  for (const queue of sqsStore.allQueues()) {
    queue.persistence = database;
    // Whoever had received these went with the earlier start.
    for (const receiptHandle of queue.inflightMessages.keys()) queue.changeVisibility(receiptHandle, 0);
  }
  return database;
}

async function importInternal(file: string): Promise<unknown> {
  return await import(new URL(file, import.meta.resolve('fauxqs')).href);
}
