import type { Progress } from '../core/pull/run-ports.ts';
import type { Log } from './log.ts';

/** Logs a pull's progress: when a stream begins and ends, and each pause that Procurios asks for. */
export function logProgress(log: Log): Progress {
  return {
    streamBegins({ name }) {
      log.info('stream begins', { stream: name });
    },
    pageTaken() {},
    waits({ name }, ms) {
      log.info('waiting, as Procurios asked', { stream: name, ms });
    },
    streamEnds({ name }, { error, status, ...counts }) {
      const fields = { stream: name, status, ...counts, code: error?.code, error: error?.message };
      if (status === 'complete') log.info('stream ends', fields);
      else log.warn('stream ends', fields);
    },
  };
}
