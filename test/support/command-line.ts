import { Console } from 'node:console';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import { runProgram } from '../../cli/program/program.ts';

export const DEMO_CONFIG = fileURLToPath(new URL('../../examples/demo.config.ts', import.meta.url));

/** The result of a command. */
export interface Ended {
  /** The exit code; undefined if a signal ended the process. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface Running {
  readonly ended: Promise<Ended>;
  /** The text on stderr so far. */
  stderr(): string;
  /** Resolves once stderr shows the pattern. */
  showsOnStderr(pattern: RegExp): Promise<void>;
  /** Sends the command a signal. @default 'SIGINT', as Ctrl-C does. */
  interrupt(signal?: NodeJS.Signals): void;
}

export interface Setting {
  readonly cwd: string;
  /** Added to an environment without AWS, Procurios or a proxy. */
  readonly env?: Readonly<Record<string, string>>;
  /** The content of stdin. @default - Nothing: stdin is closed. */
  readonly input?: string;
}

/** Variables of this machine that would change what a command does. */
const NOT_OURS = /^(AWS_|PROCURIOS_|(https?|no|all)_proxy$|NODE_|CI$|NO_COLOR$|FORCE_COLOR$)/i;
/** Keeps the AWS SDK away from this machine's own credentials. */
const NO_AWS = { AWS_CONFIG_FILE: '/nonexistent', AWS_SHARED_CREDENTIALS_FILE: '/nonexistent' };

const folders: string[] = [];
afterAll(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

/** Creates a working directory that is removed after the file's tests. */
export async function newFolder(name = 'cli'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `procurios-sync ${name} `));
  folders.push(folder);
  return folder;
}

/** Writes a config file into a folder. */
export async function writeConfig(folder: string, config: unknown): Promise<void> {
  await writeFile(join(folder, 'procurios.config.ts'), `export default ${JSON.stringify(config)};\n`);
}

let isRunning = false;

/**
 * Starts `procurios-sync` in this process, because a process takes two seconds of CPU to start.
 *
 * One command at a time: the working directory, the environment and the streams are the process's. A command beside
 * another one, or one that ends its process, needs `startProcess`.
 */
export function start(args: readonly string[], { cwd, env = {}, input = '' }: Setting): Running {
  if (isRunning) throw new Error('a command runs already; start another one with startProcess');
  isRunning = true;
  const texts = { stdout: '', stderr: '' };
  let hasEnded = false;
  const restore = pretend(cwd, env, input, texts);
  const ended = runProgram(args)
    .then((code) => ({ code, ...texts }))
    .finally(() => {
      hasEnded = true;
      isRunning = false;
      restore();
    });
  return {
    ended,
    stderr: () => texts.stderr,
    showsOnStderr: (pattern) =>
      shows(
        pattern,
        () => texts.stderr,
        () => hasEnded,
      ),
    interrupt: (signal = 'SIGINT') => {
      process.emit(signal);
    },
  };
}

/** Runs `procurios-sync` in this process until it ends. */
export async function run(args: readonly string[], setting: Setting): Promise<Ended> {
  return await start(args, setting).ended;
}

/** Gives this process another folder and environment, another stdin, and texts for stdout and stderr. */
function pretend(
  cwd: string,
  env: Readonly<Record<string, string>>,
  input: string,
  texts: { stdout: string; stderr: string },
): () => void {
  const before = { cwd: process.cwd(), env: { ...process.env }, console: globalThis.console };
  const streams = {
    stdin: Readable.from(input === '' ? [] : [Buffer.from(input)], { objectMode: false }),
    stdout: textStream('stdout', texts),
    stderr: textStream('stderr', texts),
  };
  process.chdir(cwd);
  become(environmentFor(env));
  const restoreStreams = Object.entries(streams).map(([name, stream]) => replaceStream(name, stream));
  globalThis.console = new Console(streams);
  return () => {
    for (const restore of restoreStreams) restore();
    process.chdir(before.cwd);
    become(before.env);
    globalThis.console = before.console;
  };
}

function textStream(name: 'stdout' | 'stderr', texts: { stdout: string; stderr: string }): Writable {
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Uint8Array, _encoding, done) {
      texts[name] += String(chunk);
      done();
    },
  });
  // An export looks whether stdout is a file.
  return Object.assign(stream, { fd: name === 'stdout' ? 1 : 2 });
}

function replaceStream(name: string, stream: Readable | Writable): () => void {
  const before = Object.getOwnPropertyDescriptor(process, name) ?? {};
  Object.defineProperty(process, name, { value: stream, configurable: true, enumerable: true });
  return () => void Object.defineProperty(process, name, before);
}

function become(variables: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, variables);
}

/** This machine's environment without the variables that change what a command does, and with these. */
export function environmentFor(env: Readonly<Record<string, string>>): Record<string, string | undefined> {
  const ours = Object.entries(process.env).filter(([name]) => !NOT_OURS.test(name));
  return { ...Object.fromEntries(ours), ...NO_AWS, ...env };
}

/** Resolves once a text shows the pattern. */
export async function shows(pattern: RegExp, text: () => string, hasEnded: () => boolean): Promise<void> {
  await waitUntil(() => pattern.test(text()) || hasEnded());
  if (!pattern.test(text())) throw new Error(`what is shown is not ${pattern}: ${text()}`);
}

/** Looks every few milliseconds, for as long as a test may take. */
export async function waitUntil(isSo: () => boolean): Promise<void> {
  const givenUpAt = Date.now() + 200_000;
  while (!isSo() && Date.now() < givenUpAt) await setTimeout(10);
}
