import { SyncError } from '../core/errors.ts';

/** Fields of a log line: ids, names, counts and durations. Never an object's values, a token or a secret. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/**
 * Writes a JSON object per line: `{"level", "timestamp", "message", …fields}`. Lambda treats every line as INFO unless it has
 * a `timestamp`.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
 */
export function createLog(write: (line: string) => void = (line) => process.stdout.write(`${line}\n`)): Log {
  const writeAt =
    (level: string) =>
    (message: string, fields: LogFields = {}) =>
      write(JSON.stringify({ level, timestamp: new Date().toISOString(), message, ...fields }));
  return { info: writeAt('INFO'), warn: writeAt('WARN'), error: writeAt('ERROR') };
}

/**
 * The fields of an error for a log line. An unexpected error is logged by its name and the top of its stack, because its
 * message may hold an object's values.
 */
export function errorFields(error: unknown): { readonly code: string; readonly error: string } {
  if (error instanceof SyncError) return { code: error.code, error: error.message };
  const { name, stack = '' } = error instanceof Error ? error : new Error();
  const frames = stack.split('\n').filter((line) => line.startsWith('    at '));
  return { code: name, error: frames.slice(0, 5).join('; ') };
}
