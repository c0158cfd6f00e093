import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';

/** A Lambda function of the template. */
export interface FunctionSpec {
  /** Its logical id in the template. */
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  /** Folder of the unpacked bundle. */
  readonly folder: string;
  /** The module in the bundle that exports the handler. */
  readonly file: string;
  /** Name of the module's export. */
  readonly handlerName: string;
  /** Timeout of an invocation, in milliseconds. */
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** The complete process.env of the function. */
  readonly environment: Readonly<Record<string, string>>;
  /** Timeout of a durable execution, in milliseconds; undefined if the function is not durable. */
  readonly executionTimeoutMs: number | undefined;
}

export interface WorkerOptions extends Pick<FunctionSpec, 'folder' | 'file' | 'handlerName'> {
  /** The part of Lambda's context object that all invocations share. */
  readonly context: Readonly<Record<string, string>>;
}
export interface WorkerInvocation {
  /** As JSON. */
  readonly event: string;
  readonly requestId: string;
  readonly invokedFunctionArn: string;
  /** Milliseconds since the epoch, by the machine's clock. */
  readonly deadlineMs: number;
  /** Milliseconds by which the function's clock is ahead of the machine's; negative if it is behind. */
  readonly aheadMs: number;
}
/** The worker's message after loading the bundle, with an undefined result, and after each invocation, with its result as JSON. */
export type WorkerReply =
  | { readonly result: string | undefined }
  | {
      readonly error: {
        readonly name: string;
        readonly message: string;
        readonly stack?: string | undefined;
      };
    };

/** A function could not be loaded, threw, or timed out. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
  /** The name of the error that the function threw, or `Sandbox.Timedout`, `Runtime.ExitError`, `Runtime.ImportModuleError`. */
  readonly type: string;

  constructor({ id }: FunctionSpec, type: string, message: string) {
    super(`${id}: ${type}: ${message}`);
    this.type = type;
  }
}

/** Runs a function in as many execution environments as it has invocations in flight. */
export interface FunctionHost {
  readonly spec: FunctionSpec;
  /** Loads the function in a first execution environment. @throws {FunctionError} If it cannot be loaded. */
  warm(): Promise<void>;
  /** @param arn - The invoked ARN, with or without an alias or version. @throws {FunctionError} */
  invoke(event: unknown, arn: string): Promise<unknown>;
  /** Ends all execution environments. */
  close(): Promise<void>;
}

export interface FunctionHostOptions {
  /** Called with each line that the function prints. */
  readonly onLog: (line: string) => void;
  /** Returns the function's time when an invocation begins, in milliseconds since the epoch. */
  readonly now: () => number;
}

export function createFunctionHost(spec: FunctionSpec, options: FunctionHostOptions): FunctionHost {
  const idle: ExecutionEnvironment[] = [];
  const all = new Set<ExecutionEnvironment>();
  async function take(): Promise<ExecutionEnvironment> {
    const waiting = idle.pop();
    if (waiting !== undefined) return waiting;
    const environment = new ExecutionEnvironment(spec, options, () => all.delete(environment));
    all.add(environment);
    await environment.ready;
    return environment;
  }
  async function invoke(event: unknown, arn: string): Promise<unknown> {
    const environment = await take();
    try {
      return await environment.invoke(event, arn);
    } finally {
      // After a timeout the environment has been removed.
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

/** Time to load a bundle, in milliseconds. Longer than Lambda's 10 s, because the machine may be busy. Functions with a longer timeout get that instead. */
const LONGEST_LOAD_MS = 60_000;
const WORKER = new URL('./function-worker.ts', import.meta.url);

/** A worker thread that has loaded the function and runs one invocation at a time. */
class ExecutionEnvironment {
  readonly #spec: FunctionSpec;
  readonly #worker: Worker;
  readonly #now: () => number;
  readonly #onEnd: () => void;
  #answer = Promise.withResolvers<WorkerReply>();
  /** Resolves once the bundle is loaded. */
  readonly ready: Promise<void>;

  constructor(spec: FunctionSpec, { onLog, now }: FunctionHostOptions, onEnd: () => void) {
    this.#spec = spec;
    this.#now = now;
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
    this.#worker.on('exit', () => this.#ended('Runtime.ExitError', 'the function exited its process'));
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
      aheadMs: this.#now() - Date.now(),
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
    // Without an invocation in flight, the rejection is not handled elsewhere.
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
