import { SyncError } from '../core/errors.ts';

/** Fields of a log line: ids, names, counts and durations. Never an object's values, a token or a secret. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/**
 * One JSON object a line: `{"level", "timestamp", "message", …fields}`. Without a timestamp by that name Lambda takes
 * every line for one of level INFO.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
 */
export function createLog(write: (line: string) => void = (line) => process.stdout.write(`${line}\n`)): Log {
  const log =
    (level: string) =>
    (message: string, fields: LogFields = {}) =>
      write(JSON.stringify({ level, timestamp: new Date().toISOString(), message, ...fields }));
  return { info: log('INFO'), warn: log('WARN'), error: log('ERROR') };
}

/** What of an error may stand in a log: the message of our own ones, and only the place of all others. */
export function errorFields(error: unknown): { readonly code: string; readonly error: string } {
  if (error instanceof SyncError) return { code: error.code, error: error.message };
  const { name, stack = '' } = error instanceof Error ? error : new Error();
  const frames = stack.split('\n').filter((line) => line.startsWith('    at '));
  return { code: name, error: frames.slice(0, 5).join('; ') };
}
