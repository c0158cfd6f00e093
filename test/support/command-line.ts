import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';

export const LAUNCHER = fileURLToPath(new URL('../../bin/launch.js', import.meta.url));
export const DEMO_CONFIG = fileURLToPath(new URL('../../examples/demo.config.ts', import.meta.url));

/** What a process left behind. */
export interface Ended {
  /** The exit code; undefined: a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What stderr shows so far. */
  stderr(): string;
  /** Resolves once stderr shows it. */
  showsOnStderr(pattern: RegExp): Promise<void>;
}

export interface Setting {
  readonly cwd: string;
  /** Added to an environment without AWS, Procurios or a proxy. */
  readonly env?: Readonly<Record<string, string>>;
  /** What stdin holds. @default - Nothing: it is closed. */
  readonly input?: string;
  /** Options of Node's own. */
  readonly node?: readonly string[];
}

/** Where Node keeps compiled code, so that dozens of processes do not compile it all over again. */
const COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/node-compile', import.meta.url));
/** Variables of the machine's that would decide what a command does. */
const NOT_OURS = /^(AWS_|PROCURIOS_|(https?|no|all)_proxy$|NODE_|CI$|NO_COLOR$|FORCE_COLOR$)/i;
/** Nor do the files of somebody who is signed in to AWS. */
const NO_AWS = { AWS_CONFIG_FILE: '/nonexistent', AWS_SHARED_CREDENTIALS_FILE: '/nonexistent' };

const folders: string[] = [];
const running = new Set<ChildProcess>();
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

/** A working directory of its own, gone after the file's tests. */
export async function newFolder(name = 'cli'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `procurios-sync ${name} `));
  folders.push(folder);
  return folder;
}

/** Writes a config file into a folder. */
export async function writeConfig(folder: string, config: unknown): Promise<void> {
  await writeFile(join(folder, 'procurios.config.ts'), `export default ${JSON.stringify(config)};\n`);
}

export function start(args: readonly string[], { cwd, env = {}, input, node = [] }: Setting): Running {
  const child = spawn(process.execPath, [...node, LAUNCHER, ...args], {
    cwd,
    env: environmentFor({ NODE_COMPILE_CACHE: COMPILE_CACHE, ...env }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => {}).end(input);
  running.add(child);
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
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
  };
}

/** This machine's environment without what would decide what a command does, and with these variables. */
export function environmentFor(env: Readonly<Record<string, string>>): Record<string, string | undefined> {
  const ours = Object.entries(process.env).filter(([name]) => !NOT_OURS.test(name));
  return { ...Object.fromEntries(ours), ...NO_AWS, ...env };
}

/** Resolves once a text shows it. */
export async function shows(pattern: RegExp, text: () => string, hasEnded: () => boolean): Promise<void> {
  await waitUntil(() => pattern.test(text()) || hasEnded());
  if (!pattern.test(text())) throw new Error(`what is shown is not ${pattern}: ${text()}`);
}

/** Looks every few milliseconds, for as long as a test may take. */
export async function waitUntil(isSo: () => boolean): Promise<void> {
  const givenUpAt = Date.now() + 50_000;
  while (!isSo() && Date.now() < givenUpAt) await setTimeout(10);
}

/** Runs `procurios-sync` with these arguments to its end. */
export async function run(args: readonly string[], setting: Setting): Promise<Ended> {
  return await start(args, setting).ended;
}
