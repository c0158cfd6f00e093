import { type ChildProcess, fork } from 'node:child_process';

/** A file of ours that runs in a process of its own and answers one message with one. */
export interface Helper {
  /** What it said when it was ready. */
  readonly greeting: string;
  ask<Answer>(message: object | number): Promise<Answer>;
  end(): void;
}

const running = new Set<ChildProcess>();

interface StartOptions {
  /** All the variables it gets: nothing of the user's own AWS settings or proxies. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Node's options. */
  readonly nodeOptions?: readonly string[];
}

/** Starts a file of this folder. */
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

/** Ends whatever {@link start} started. */
export function endAll(): void {
  for (const child of running) if (child.connected) child.disconnect();
}
