import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { countProblems, type Problem, SyncError } from '../../lambda/core/errors.ts';
import { isObject, parseJson, stringifyJson } from '../../lambda/core/json.ts';
import { type Change, contentHashOf, type Operations, parseChange } from '../../lambda/core/push/change.ts';
import { CommandError } from '../command-error.ts';

/** A change and where it stands in its file. */
export interface FiledChange {
  /** From 1. */
  readonly line: number;
  readonly change: Change;
  /** The message for the queue. */
  readonly text: string;
}

/** What is read instead of a file. */
export const STDIN = '-';

const NEWLINE = 0x0a;

/**
 * @param file - A path, or `-`.
 * @throws {CommandError} `FILE_FAILED`.
 */
export async function readChangeFile(file: string): Promise<Buffer> {
  if (file === STDIN) return await buffer(process.stdin);
  try {
    return await readFile(file);
  } catch (error) {
    // Of a folder, and of a file that is too large, Node does not say the path.
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new CommandError('FILE_FAILED', `${file} cannot be used (${code})`, { cause: error });
  }
}

/**
 * Checks changes in JSON Lines, all of them before any is used. A change without a `changeId` gets one; empty lines are
 * passed over.
 *
 * @throws {SyncError} `CHANGE_INVALID` with every problem of every line. No value is quoted.
 */
export function parseChangeLines(lines: Uint8Array, operations: Operations): FiledChange[] {
  const problems: Problem[] = [];
  const changes: FiledChange[] = [];
  const firsts = new Map<string, { readonly line: number; readonly contentHash: string }>();
  const note = (line: number, { path, expected }: Problem): void => {
    problems.push({ path: `line ${line}${path && `, ${path}`}`, expected });
  };
  for (const [line, text] of numberedLines(lines)) {
    if (text === undefined) {
      note(line, { path: '', expected: 'UTF-8' });
      continue;
    }
    const withId = textWithId(text);
    const checked = parseChange(withId, operations);
    if ('problems' in checked) {
      for (const problem of checked.problems) note(line, problem);
      continue;
    }
    const { change } = checked;
    const contentHash = contentHashOf(change);
    const first = firsts.get(change.changeId) ?? { line, contentHash };
    firsts.set(change.changeId, first);
    if (first.contentHash !== contentHash) {
      note(line, { path: 'changeId', expected: `another: line ${first.line} has it with other content` });
    }
    changes.push({ line, change, text: withId });
  }
  if (problems.length === 0) return changes;
  throw new SyncError('CHANGE_INVALID', `the changes have ${countProblems(problems)}; none was queued`, {
    problems,
  });
}

/** Lines that are not empty; undefined: not UTF-8. */
function* numberedLines(bytes: Uint8Array): Generator<[line: number, text: string | undefined]> {
  for (let line = 1, from = 0; from < bytes.length; line += 1) {
    const end = bytes.indexOf(NEWLINE, from);
    const to = end === -1 ? bytes.length : end;
    const text = decode(bytes.subarray(from, to));
    if (text?.trim() !== '') yield [line, text];
    from = to + 1;
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The change as the queue gets it: on one line, with an id. What is not JSON stays as it is, to be refused. */
function textWithId(text: string): string {
  try {
    const value = parseJson(text);
    const needsId = isObject(value) && !Object.hasOwn(value, 'changeId');
    return stringifyJson(needsId ? { changeId: randomUUID(), ...value } : value);
  } catch (error) {
    // Nested thousands of levels deep, it can be read and not written.
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    return text;
  }
}
