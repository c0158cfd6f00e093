import { runProgram } from '../../cli/program/program.ts';
import { type Ended, environmentFor, type Running, type Setting, shows } from './command-line.ts';

/** A command at work in this process. */
export type Working = Omit<Running, 'process'>;

/**
 * Runs `procurios-sync` in this process, one at a time: for tests to which it does not matter that a process of its own
 * takes seconds to start. What reads stdin or is ended by a signal needs one.
 */
export function startHere(
  args: readonly string[],
  { cwd, env = {} }: Omit<Setting, 'input' | 'node'>,
): Working {
  const texts = { stdout: '', stderr: '' };
  let hasEnded = false;
  const restore = pretend(cwd, env, texts);
  const ended = runProgram(args)
    .then((code) => ({ code, ...texts }))
    .finally(() => {
      hasEnded = true;
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
  };
}

export async function runHere(
  args: readonly string[],
  setting: Omit<Setting, 'input' | 'node'>,
): Promise<Ended> {
  return await startHere(args, setting).ended;
}

/** Gives this process another folder and environment, and has what it writes go to the texts. */
function pretend(
  cwd: string,
  env: Readonly<Record<string, string>>,
  texts: { stdout: string; stderr: string },
): () => void {
  const before = { cwd: process.cwd(), env: { ...process.env } };
  const writes = { stdout: process.stdout.write, stderr: process.stderr.write };
  const become = (variables: NodeJS.ProcessEnv) => {
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, variables);
  };
  process.chdir(cwd);
  become(environmentFor(env));
  for (const name of ['stdout', 'stderr'] as const) {
    process[name].write = (text: string | Uint8Array) => {
      texts[name] += String(text);
      return true;
    };
  }
  return () => {
    process.stdout.write = writes.stdout;
    process.stderr.write = writes.stderr;
    process.chdir(before.cwd);
    become(before.env);
  };
}
