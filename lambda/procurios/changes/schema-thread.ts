import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { SchemaFindings } from './schema-check.ts';
import type { SchemaQuestion } from './schema-worker.ts';

/** Checks bodies by schemas in a thread, one after the other, so that no schema can hold up this one. */
export interface SchemaThread {
  /** @returns The findings; `unusable` also if the check takes too long or needs too much memory. */
  check(question: SchemaQuestion): Promise<SchemaFindings>;
}

/** How long a check may take. A form takes milliseconds; ten checks that take too long still fit in the time kept at a batch's end. */
const CHECK_LIMIT_MS = 5_000;
const LARGEST_HEAP_MB = 128;

/** In AWS the bundle has the thread's code beside its own. */
const CODE = new URL(
  import.meta.url.endsWith('.ts') ? './schema-worker.ts' : './schema-worker.mjs',
  import.meta.url,
);

/** The thread is started at the first check, and does not keep the process alive. */
export function createSchemaThread(limitMs: number = CHECK_LIMIT_MS): SchemaThread {
  let worker: Promise<Worker> | undefined;
  let lastCheck: Promise<unknown> = Promise.resolve();

  const ask = async (question: SchemaQuestion): Promise<SchemaFindings> => {
    try {
      worker ??= startWorker();
      const thread = await worker;
      const findings = await answerOf(thread, question, limitMs);
      if (findings !== undefined) return findings;
      void thread.terminate();
      worker = undefined;
      return { unusable: `checking by the schema takes longer than ${limitMs / 1000} s` };
    } catch (error) {
      worker = undefined;
      return { unusable: `checking by the schema failed (${codeOf(error)})` };
    }
  };
  return {
    check(question) {
      const turn = lastCheck.then(() => ask(question));
      lastCheck = turn;
      return turn;
    },
  };
}

/** The thread of this process. All pushes of a process share it, because each thread takes 16 MB. */
export const processThread: SchemaThread = createSchemaThread();

async function startWorker(): Promise<Worker> {
  const worker = new Worker(CODE, {
    resourceLimits: { maxOldGenerationSizeMb: LARGEST_HEAP_MB },
    // The thread inherits neither the flags of a test runner nor secrets.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: {},
  });
  await once(worker, 'message');
  // An error between two checks must not end the process. The next check finds no answer.
  worker.on('error', () => {}).unref();
  return worker;
}

/**
 * @returns Undefined if there is no answer in time.
 * @throws The error that ended the thread.
 */
async function answerOf(
  worker: Worker,
  question: SchemaQuestion,
  limitMs: number,
): Promise<SchemaFindings | undefined> {
  const ending = new AbortController();
  const late = Promise.withResolvers<undefined>();
  // It keeps the process alive until the answer.
  const timer = setTimeout(late.resolve, limitMs, undefined);
  try {
    const answer = once(worker, 'message', { signal: ending.signal });
    answer.catch(() => {});
    worker.postMessage(question);
    const answered = await Promise.race([answer, late.promise]);
    return answered?.[0];
  } finally {
    clearTimeout(timer);
    ending.abort();
  }
}

function codeOf(error: unknown): string {
  const { code, name } = error as { readonly code?: unknown; readonly name: string };
  return typeof code === 'string' ? code : name;
}
