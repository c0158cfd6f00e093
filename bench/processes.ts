import { type ChildProcess, fork } from 'node:child_process';

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

/** Ends all processes that {@link start} has started. */
export function endAll(): void {
  for (const child of running) if (child.connected) child.disconnect();
}
