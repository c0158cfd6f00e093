/**
 * Worker thread that is an execution environment of a Lambda function. Imports the bundle, reports to the parent, and then
 * calls the handler once for each message with the message's event. Its process.env holds the function's variables only, and
 * `Date.now` tells the function's time.
 */
import { realpathSync } from 'node:fs';
import { isBuiltin, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerInvocation, WorkerOptions, WorkerReply } from './function-host.ts';

const { folder, file, handlerName, context } = workerData as WorkerOptions;
const machineNow = Date.now;
// Node resolves symbolic links in modules' paths, so they are resolved here too.
const home = pathToFileURL(`${realpathSync(folder)}/`).href;

// Here the project's node_modules are in a parent folder of the bundle. In Lambda they are missing, so imports from there fail.
registerHooks({
  resolve(specifier, from, nextResolve) {
    if (isBuiltin(specifier)) return nextResolve(specifier, from);
    const isInside = (url: string): boolean => url.startsWith(home) || url.startsWith('data:');
    const resolved = resolveOr(() => nextResolve(specifier, from));
    if (resolved !== undefined && isInside(resolved.url)) return resolved;
    throw Object.assign(new Error(`${specifier} is not in the bundle`), { code: 'ERR_MODULE_NOT_FOUND' });
  },
});

function resolveOr<Result>(resolve: () => Result): Result | undefined {
  try {
    return resolve();
  } catch {
    return undefined;
  }
}

function reply(message: WorkerReply): void {
  parentPort?.postMessage(message);
}

function errorOf(error: unknown): WorkerReply {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { error: { name, message, stack } };
}

type Handler = (event: unknown, context: object) => unknown;

async function load(): Promise<Handler> {
  const module = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  const handler = module[handlerName];
  if (typeof handler !== 'function') throw new Error(`the bundle exports no function ${handlerName}`);
  return handler as Handler;
}

try {
  const handler = await load();
  reply({ result: undefined });
  parentPort?.on('message', (invocation: WorkerInvocation) => {
    const { event, requestId, invokedFunctionArn, deadlineMs, aheadMs } = invocation;
    Date.now = () => machineNow() + aheadMs;
    const own = {
      ...context,
      awsRequestId: requestId,
      invokedFunctionArn,
      getRemainingTimeInMillis: () => Math.max(0, deadlineMs - machineNow()),
    };
    Promise.resolve()
      .then(() => handler(JSON.parse(event), own))
      // Lambda returns JSON, and null for a result that has no JSON.
      .then((result) => reply({ result: JSON.stringify(result) ?? 'null' }))
      .catch((error: unknown) => reply(errorOf(error)));
  });
} catch (error) {
  reply(errorOf(error));
}
