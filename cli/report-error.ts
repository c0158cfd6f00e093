import { styleText } from 'node:util';
import { SyncError } from '../lambda/core/errors.ts';
import { DataFolderInUse } from '../local/endpoints/data-folder-lock.ts';
import { EXIT, print, say, UsageError } from './command.ts';

/** Codes of failures that are a matter of usage or configuration rather than of the world outside. */
const USAGE_CODES: ReadonlySet<string> = new Set(['CONFIG_INVALID', 'USAGE']);

/**
 * Tells of an expected failure and gives the exit code for it. With `--json` it is the one document on stdout.
 *
 * @throws What is not expected: a bug should show its stack.
 */
export function reportError(error: unknown, asJson: boolean): number {
  const failure = describe(error);
  if (failure === undefined) throw error;
  if (asJson) print(JSON.stringify({ error: failure }));
  else {
    const problems = failure.problems.map(({ path, expected }) => `\n  ${path}: ${expected}`);
    say(
      `${styleText('red', failure.code, { stream: process.stderr })} ${failure.message}${problems.join('')}`,
    );
  }
  return USAGE_CODES.has(failure.code) ? EXIT.usage : EXIT.failed;
}

function describe(error: unknown) {
  if (error instanceof SyncError) {
    return { code: error.code, message: error.message, problems: error.problems };
  }
  if (error instanceof UsageError) return { code: 'USAGE', message: error.message, problems: [] };
  if (error instanceof DataFolderInUse) return { code: 'RUN_ACTIVE', message: error.message, problems: [] };
  return undefined;
}
