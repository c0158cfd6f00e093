import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';

/** A Lambda function as the template describes it. */
export interface FunctionSpec {
  /** Its logical id in the template. */
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  /** The unpacked bundle, and the module in it that has the handler. */
  readonly folder: string;
  readonly file: string;
  /** The module's export. */
  readonly handlerName: string;
  /** Of one invocation, in milliseconds. */
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** All that its process.env holds. */
  readonly environment: Readonly<Record<string, string>>;
  /** The longest that a durable execution may take, in milliseconds; undefined: the function is an ordinary one. */
  readonly executionTimeoutMs: number | undefined;
}

export interface WorkerOptions extends Pick<FunctionSpec, 'folder' | 'file' | 'handlerName'> {
  /** What is the same for all invocations in Lambda's context object. */
  readonly context: Readonly<Record<string, string>>;
}
export interface WorkerInvocation {
  /** As JSON. */
  readonly event: string;
  readonly requestId: string;
  readonly invokedFunctionArn: string;
  /** Milliseconds since the epoch. */
  readonly deadlineMs: number;
}
/** What an invocation came to, the result as JSON; of an environment that is ready, undefined. */
export type WorkerReply =
  | { readonly result: string | undefined }
  | {
      readonly error: {
        readonly name: string;
        readonly message: string;
        readonly stack?: string | undefined;
      };
    };

/** A function could not be loaded, threw, or took too long. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
  /** What the function threw, by its name; `Sandbox.Timedout`; `Runtime.ExitError`; `Runtime.ImportModuleError`. */
  readonly type: string;

  constructor({ id }: FunctionSpec, type: string, message: string) {
    super(`${id}: ${type}: ${message}`);
    this.type = type;
  }
}

/** What runs a function: as many execution environments as there are invocations at a time. */
export interface FunctionHost {
  readonly spec: FunctionSpec;
  /** Loads the function once. @throws {FunctionError} */
  warm(): Promise<void>;
  /** @param arn - As it is invoked by: with the alias's name or the version, or without. @throws {FunctionError} */
  invoke(event: unknown, arn: string): Promise<unknown>;
  /** Ends what runs. */
  close(): Promise<void>;
}

/** @param onLog - Told of each line that the function prints. */
export function createFunctionHost(spec: FunctionSpec, onLog: (line: string) => void): FunctionHost {
  const idle: ExecutionEnvironment[] = [];
  const all = new Set<ExecutionEnvironment>();
  async function take(): Promise<ExecutionEnvironment> {
    const waiting = idle.pop();
    if (waiting !== undefined) return waiting;
    const environment = new ExecutionEnvironment(spec, onLog, () => all.delete(environment));
    all.add(environment);
    await environment.ready;
    return environment;
  }
  async function invoke(event: unknown, arn: string): Promise<unknown> {
    const environment = await take();
    try {
      return await environment.invoke(event, arn);
    } finally {
      // One that has timed out is gone.
      if (all.has(environment)) idle.push(environment);
    }
  }
  return {
    spec,
    async warm() {
      idle.push(await take());
    },
    invoke,
    async close() {
      await Promise.all([...all].map((environment) => environment.end()));
    },
  };
}

/** What Lambda gives a bundle to load, where an invocation may not take longer. */
const LONGEST_LOAD_MS = 10_000;
const WORKER = new URL('./function-worker.ts', import.meta.url);

class ExecutionEnvironment {
  readonly #spec: FunctionSpec;
  readonly #worker: Worker;
  readonly #onEnd: () => void;
  #answer = Promise.withResolvers<WorkerReply>();
  /** Resolves when the bundle is loaded. */
  readonly ready: Promise<void>;

  constructor(spec: FunctionSpec, onLog: (line: string) => void, onEnd: () => void) {
    this.#spec = spec;
    this.#onEnd = onEnd;
    const { folder, file, handlerName } = spec;
    this.#worker = new Worker(WORKER, {
      name: spec.id,
      workerData: { folder, file, handlerName, context: contextOf(spec) } satisfies WorkerOptions,
      env: { ...spec.environment },
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: spec.memoryMb },
    });
    for (const output of [this.#worker.stdout, this.#worker.stderr]) {
      createInterface({ input: output }).on('line', onLog);
    }
    this.#worker.on('message', (reply: WorkerReply) => this.#answer.resolve(reply));
    this.#worker.on('error', (error) => this.#ended('Runtime.ExitError', error.message));
    this.#worker.on('exit', () => this.#ended('Runtime.ExitError', 'the function ended its process'));
    this.ready = this.#load();
  }

  async #load(): Promise<void> {
    const reply = await this.#inTime(this.#answer.promise, Math.max(LONGEST_LOAD_MS, this.#spec.timeoutMs));
    if (!('error' in reply)) return;
    await this.end();
    throw new FunctionError(this.#spec, 'Runtime.ImportModuleError', reply.error.message);
  }

  async invoke(event: unknown, invokedFunctionArn: string): Promise<unknown> {
    this.#answer = Promise.withResolvers<WorkerReply>();
    const invocation: WorkerInvocation = {
      event: JSON.stringify(event),
      requestId: randomUUID(),
      invokedFunctionArn,
      deadlineMs: Date.now() + this.#spec.timeoutMs,
    };
    this.#worker.postMessage(invocation);
    const reply = await this.#inTime(this.#answer.promise, this.#spec.timeoutMs);
    if ('error' in reply) throw new FunctionError(this.#spec, reply.error.name, reply.error.message);
    return JSON.parse(reply.result ?? 'null');
  }

  async end(): Promise<void> {
    this.#onEnd();
    await this.#worker.terminate();
  }

  async #inTime(answer: Promise<WorkerReply>, timeoutMs: number): Promise<WorkerReply> {
    const timer = setTimeout(() => {
      this.#ended('Sandbox.Timedout', `Task timed out after ${timeoutMs / 1000} seconds`);
      void this.end();
    }, timeoutMs);
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
    }
  }

  #ended(type: string, message: string): void {
    this.#onEnd();
    this.#answer.reject(new FunctionError(this.#spec, type, message));
    // Nobody may be waiting.
    this.#answer.promise.catch(() => {});
  }
}

function contextOf({ name, memoryMb }: FunctionSpec) {
  return {
    functionName: name,
    functionVersion: '1',
    memoryLimitInMB: String(memoryMb),
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: 'local',
  };
}
