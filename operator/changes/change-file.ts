import { randomUUID } from 'node:crypto';
import { doubledName } from '../../lambda/core/doubled-name.ts';
import { countProblems, type Problem, SyncError } from '../../lambda/core/errors.ts';
import { isObject, type JsonObject, parseJson, stringifyJson } from '../../lambda/core/json.ts';
import { type Change, contentHashOf, parseChange } from '../../lambda/core/push/change.ts';
import type { Config } from '../../lambda/deployment/config.ts';

/** A change of a file. */
export interface FiledChange {
  /** Its line in the file, from 1. */
  readonly line: number;
  readonly change: Change;
  /** The message for the queue. */
  readonly text: string;
}

const NEWLINE = 0x0a;

/**
 * Reads changes in JSON Lines and checks all of them. A change without a `changeId` gets one. Empty lines are skipped.
 *
 * @throws {SyncError} `CHANGE_INVALID` with every problem of every line. No value is quoted.
 */
export function parseChangeLines(
  lines: Uint8Array,
  { operations, environment }: Pick<Config, 'operations' | 'environment'>,
): FiledChange[] {
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
    const withId = textOf(text, environment);
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

/** Yields the lines that are not empty; the text is undefined if the line is not UTF-8. */
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

/**
 * The change as the queue takes it, on one line and with an id. Text that is not JSON, or in which an object has a name twice, is
 * returned as it is, to be refused.
 *
 * The detail of an event names the environment too. It is left out if it is this one, so that an event can be pushed from a file.
 */
function textOf(text: string, environment: string): string {
  try {
    const parsed = parseJson(text);
    if (doubledName(text) !== undefined) return text;
    const value = isObject(parsed) && parsed.environment === environment ? without(parsed) : parsed;
    const needsId = isObject(value) && !Object.hasOwn(value, 'changeId');
    return stringifyJson(needsId ? { changeId: randomUUID(), ...value } : value);
  } catch (error) {
    // Writing a value that is nested thousands of levels deep overflows the stack; reading it does not.
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    return text;
  }
}

function without({ environment: _environment, ...change }: JsonObject): JsonObject {
  return change;
}
