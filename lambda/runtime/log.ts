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
