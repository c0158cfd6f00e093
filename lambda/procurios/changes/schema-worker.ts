/**
 * Worker thread that checks bodies by schemas. Sends a message once it is loaded, and then answers each question with its
 * findings.
 *
 * A separate thread, because a vendor's schema can take any time: an unlucky pattern takes years. The parent ends the thread then.
 */
import { parentPort } from 'node:worker_threads';
import { createSchemaCheck } from './schema-check.ts';

/** A question to the thread. Both are JSON texts. */
export interface SchemaQuestion {
  readonly schema: string;
  readonly body: string;
}

const check = createSchemaCheck();
parentPort?.on('message', ({ schema, body }: SchemaQuestion) => {
  parentPort?.postMessage(check(schema, body));
});
parentPort?.postMessage('loaded');
