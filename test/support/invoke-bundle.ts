import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Bundle } from './bundle.ts';

const INVOKE = fileURLToPath(new URL('./invoke.ts', import.meta.url));

export interface InvokeSettings {
  /** What the invocations are told that they have left, in milliseconds. @default 900000 */
  readonly remainingMs?: number;
  /** Given the process, which may be killed. */
  onStart?(child: ChildProcess): void;
}

/**
 * Invokes a bundle's handler, once for each event, in one process that has in its environment only what is given.
 *
 * @param events - Or as JSON, for what cannot be written as such.
 * @returns What it returned or threw for each event, its log as JSON, and everything it printed. No answers: it was killed.
 */
export async function invokeBundle(
  { file }: Pick<Bundle, 'file'>,
  events: readonly (object | string)[],
  environment: Readonly<Record<string, string>>,
  { remainingMs = 900_000, onStart }: InvokeSettings = {},
) {
  const child = spawn(process.execPath, ['--no-warnings', INVOKE, file, String(remainingMs)], {
    // Processes of the same bundle share its compiled code: a start then takes half of the CPU time.
    env: { ...environment, NODE_COMPILE_CACHE: join(dirname(file), 'compiled') },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  onStart?.(child);
  child.stdin.on('error', () => {});
  child.stdin.end(
    events.map((event) => `${typeof event === 'string' ? event : JSON.stringify(event)}\n`).join(''),
  );
  const [logs, errors, answers] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    text(child.stdio[3] as NodeJS.ReadableStream),
  ]);
  return { answers: linesOf(answers), logs: linesOf(logs), printed: logs + errors };
}

/** Lines of JSON; one that a kill has cut is left out. */
function linesOf(lines: string) {
  const complete = lines.slice(0, lines.lastIndexOf('\n') + 1);
  return complete
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
