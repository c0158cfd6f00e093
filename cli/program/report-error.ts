import { styleText } from 'node:util';
import { type Problem, SyncError } from '../../lambda/core/errors.ts';
import { CommandError } from '../../operator/command-error.ts';
import type { ErrorCode } from '../../operator/error-guide.ts';
import type { CommonOptions } from '../../operator/options.ts';
import { proxyHint } from '../../operator/proxy.ts';
import { grouped, printable } from '../../operator/words.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';

const EMBEDDED_HINT = '--embedded uses tables on this machine instead of AWS';

/** Problems that are shown, because an operator corrects the first ones and runs the command again. */
const MOST_PROBLEMS = 50;

interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly problems: readonly Problem[];
}

/** Exit codes of the failures that do not exit with `EXIT.failed`. */
const EXIT_CODES: Readonly<Record<string, number>> = {
  CONFIG_INVALID: EXIT.usage,
  CHANGE_INVALID: EXIT.usage,
  USAGE: EXIT.usage,
  INTERRUPTED: EXIT.interrupted,
};

/**
 * Reports a failure, and returns the exit code for it. With `--json` the failure is the one document on stdout. The stack of
 * an unexpected error goes to stderr.
 */
export function reportError(error: unknown, { json, embedded }: Partial<CommonOptions>): number {
  const failure = describe(error);
  if (json) print(JSON.stringify({ error: failure }));
  else {
    say(`${styleText('red', failure.code, { stream: process.stderr })}: ${printable(failure.message)}`);
    for (const { path, expected } of failure.problems.slice(0, MOST_PROBLEMS))
      say(`  ${printable(path)}: ${printable(expected)}`);
    const more = failure.problems.length - MOST_PROBLEMS;
    if (more > 0) say(`  … and ${grouped(more)} more; --json has all`);
    const hints = [
      proxyHint(failure.code),
      /^(STORE|REGION)_/.test(failure.code) && !embedded && EMBEDDED_HINT,
    ];
    for (const hint of hints) if (hint) say(`  ${hint}`);
    // A message about wrong usage names the command's help itself.
    if (process.stderr.isTTY && failure.code !== 'USAGE')
      say(`  see npx procurios-sync help ${failure.code}`);
  }
  if (failure.code === 'BUG') say(stackOf(error));
  return EXIT_CODES[failure.code] ?? EXIT.failed;
}

function describe(error: unknown): Failure {
  if (error instanceof SyncError) {
    return { code: error.code, message: error.message, problems: error.problems };
  }
  if (error instanceof CommandError) return { code: error.code, message: error.message, problems: [] };
  if (isFileError(error)) {
    return { code: 'FILE_FAILED', message: textOf(error), problems: [] };
  }
  const name = error instanceof Error ? error.name : typeof error;
  return {
    code: 'BUG',
    message: `an unexpected ${name}; please report it with the lines below`,
    problems: [],
  };
}

/** What the machine has too little of, by the code of the operating system. */
const SHORTAGES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EMFILE: 'too many files are open, and ulimit -n raises the limit',
  ENFILE: 'too many files are open on this machine',
};

/** Whether the operating system refused a file, or has too little of something. Errors of a connection have no path. */
function isFileError(error: unknown): error is NodeJS.ErrnoException {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return false;
  return 'path' in error || SHORTAGES[String(error.code)] !== undefined;
}

function textOf({ code = '', path }: NodeJS.ErrnoException): string {
  const shortage = SHORTAGES[code];
  if (path === undefined) return `${shortage} (${code})`;
  if (code === 'ENOENT') return `there is no file or folder ${path}`;
  return `${path} cannot be used (${code})${shortage === undefined ? '' : `: ${shortage}`}`;
}

/** The lines of the stack without the message, which may quote values. */
export function stackOf(error: unknown): string {
  const stack = error instanceof Error ? error.stack : undefined;
  return stack?.slice(stack.indexOf('\n    at ') + 1) ?? 'the error has no stack';
}
