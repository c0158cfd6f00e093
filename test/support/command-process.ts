import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import { type Ended, environmentFor, type Running, type Setting, shows } from './command-line.ts';

export const LAUNCHER = fileURLToPath(new URL('../../bin/launch.js', import.meta.url));

/** A command that runs in a process. */
export interface RunningProcess extends Running {
  readonly process: ChildProcess;
}

export interface ProcessSetting extends Setting {
  /** Options for Node. */
  readonly node?: readonly string[];
  /** Whether stdin stays open behind the input. */
  readonly keepsStdinOpen?: boolean;
  /** How many files the process may have open. */
  readonly mostFiles?: number;
  /** The stream that is on a full disk. */
  readonly full?: 'stdout' | 'stderr';
}

/** The folder of Node's compile cache, so that dozens of processes do not compile the same code again. */
const COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/node-compile', import.meta.url));

const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts `procurios-sync` in a process, for tests about signals, the launch, or two commands at once. */
export function startProcess(
  args: readonly string[],
  { cwd, env = {}, input, node = [], keepsStdinOpen, mostFiles, full }: ProcessSetting,
): RunningProcess {
  const onFullDisk = full === undefined ? undefined : openSync('/dev/full', 'w');
  const outputs = (['stdout', 'stderr'] as const).map((name) => (name === full ? onFullDisk : 'pipe'));
  const command = [process.execPath, ...node, LAUNCHER, ...args];
  const limited =
    mostFiles === undefined ? command : ['sh', '-c', `ulimit -n ${mostFiles}; exec "$@"`, 'sh', ...command];
  const [program = '', ...rest] = limited;
  const child = spawn(program, rest, {
    cwd,
    env: environmentFor({ NODE_COMPILE_CACHE: COMPILE_CACHE, ...env }),
    stdio: ['pipe', ...outputs],
  });
  if (onFullDisk !== undefined) closeSync(onFullDisk);
  child.stdin?.on('error', () => {}).write(input ?? '');
  if (!keepsStdinOpen) child.stdin?.end();
  running.add(child);
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  return {
    process: child,
    ended: once(child, 'close').then(([code]) => {
      running.delete(child);
      return { code: code ?? undefined, ...texts };
    }),
    stderr: () => texts.stderr,
    showsOnStderr: (pattern) =>
      shows(
        pattern,
        () => texts.stderr,
        () => child.exitCode !== null,
      ),
    interrupt: (signal = 'SIGINT') => {
      child.kill(signal);
    },
  };
}

/** Runs `procurios-sync` in a process until it ends. */
export async function runProcess(args: readonly string[], setting: ProcessSetting): Promise<Ended> {
  return await startProcess(args, setting).ended;
}
