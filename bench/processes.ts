import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A file of the benchmark that runs in a separate process and answers each message with one message. */
export interface Helper {
  /** The process's first message, which says that it is ready. */
  readonly greeting: string;
  ask<Answer>(message: object | number): Promise<Answer>;
  end(): void;
}

const running = new Set<ChildProcess>();

interface StartOptions {
  /** The complete environment, so that the user's AWS settings and proxies have no effect. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Node's options. */
  readonly nodeOptions?: readonly string[];
}

/** Starts a file of this folder in a separate process. */
export async function start(file: string, options: StartOptions = {}): Promise<Helper> {
  const { environment = {}, nodeOptions = [] } = options;
  const child = fork(new URL(file, import.meta.url), { env: environment, execArgv: [...nodeOptions] });
  running.add(child);
  child.once('exit', () => running.delete(child));

  const answer = () =>
    new Promise<unknown>((resolve, reject) => {
      const onMessage = (message: unknown) => {
        child.off('exit', onExit);
        resolve(message);
      };
      const onExit = () => {
        child.off('message', onMessage);
        reject(new Error(`${file} ended before its answer`));
      };
      child.once('message', onMessage);
      child.once('exit', onExit);
    });

  return {
    greeting: String(await answer()),
    async ask<Answer>(message: object | number) {
      const answered = answer();
      child.send(message);
      return (await answered) as Answer;
    },
    end: () => child.disconnect(),
  };
}

/** Whether this machine has Python with requests and boto3. */
export function hasPython(): boolean {
  return spawnSync('python3', ['-c', 'import boto3, requests'], { stdio: 'ignore' }).status === 0;
}

/** Starts a script of this folder in Python. It takes each message as a line of JSON and answers with one. */
export async function startPython(
  file: string,
  environment: Readonly<Record<string, string>>,
): Promise<Helper> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn('python3', [fileURLToPath(new URL(file, import.meta.url))], {
    env: { PATH, HOME, ...environment },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  running.add(child);
  child.once('error', () => running.delete(child));
  child.once('exit', () => running.delete(child));
  child.stdin.on('error', () => {}); // a process that ended says so by the end of its output
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const { done, value } = await lines.next();
    if (done) throw new Error(`${file} ended before its answer`);
    return value;
  };
  return {
    greeting: await nextLine(),
    async ask<Answer>(message: object | number) {
      child.stdin.write(`${JSON.stringify(message)}\n`);
      return JSON.parse(await nextLine()) as Answer;
    },
    end: () => child.stdin.end(),
  };
}

/** Ends all processes that {@link start} and {@link startPython} have started. */
export function endAll(): void {
  for (const child of running) {
    if (child.connected) child.disconnect();
    else child.kill();
  }
}
