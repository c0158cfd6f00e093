import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Bundle } from './bundle.ts';

const INVOKE = fileURLToPath(new URL('./invoke.ts', import.meta.url));

/**
 * Invokes a bundle's handler, once for each event, in one process that has nothing in its environment but what is given.
 *
 * @returns What it returned or threw for each event, its log as JSON, and everything it printed.
 */
export async function invokeBundle(
  { file }: Bundle,
  events: readonly object[],
  environment: Readonly<Record<string, string>>,
  remainingMs = 900_000,
) {
  const child = spawn(process.execPath, ['--no-warnings', INVOKE, file, String(remainingMs)], {
    env: { ...environment },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  const [logs, errors, answers] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    text(child.stdio[3] as NodeJS.ReadableStream),
  ]);
  const parse = (lines: string) =>
    lines
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  return { answers: parse(answers), logs: parse(logs), printed: logs + errors };
}
