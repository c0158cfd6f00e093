import { createInterface } from 'node:readline/promises';
import { CommandError } from '../../operator/command-error.ts';

/**
 * Reads the first line of stdin that is not empty, typed or piped in.
 *
 * @param signal - Stops the reading. The promise then never settles.
 * @throws {CommandError} `USAGE` if stdin ended first.
 */
export async function readPastedLine(signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  // A terminal passes at most 4,095 characters of a line on, unless readline reads its keys one by one.
  const isTerminal = process.stdin.isTTY && process.stderr.isTTY;
  const lines = createInterface({
    input: process.stdin,
    output: isTerminal ? process.stderr : undefined,
    terminal: isTerminal,
  });
  // Keys that are read one by one send no signal.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  lines.on('line', (line) => {
    if (line.trim() === '') return;
    resolve(line.trim());
    lines.close();
  });
  lines.on('close', () => {
    process.stdin.pause();
    if (!signal.aborted) {
      reject(
        new CommandError('USAGE', 'no address was pasted; expected the address at which the browser stopped'),
      );
    }
  });
  signal.addEventListener('abort', () => lines.close(), { once: true });
  return await promise;
}
