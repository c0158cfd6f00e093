import { EXIT, say } from './output-lines.ts';

/** Until it is disposed of, Ctrl-C, SIGTERM and a closed terminal do not end the process at once. */
export interface Interrupt extends Disposable {
  /** Aborts at the first of these. */
  readonly signal: AbortSignal;
}

/**
 * Lets a command complete its work after the first Ctrl-C. The second one ends the process at once.
 *
 * @param whatNow - A line that says what the command does before it ends.
 * @param atOnce - Called at the second Ctrl-C, just before the process ends.
 */
export function onInterrupt(whatNow: string, atOnce: () => void): Interrupt {
  return listen(`${whatNow}; press Ctrl-C again to stop at once`, atOnce);
}

/**
 * Lets Ctrl-C end the watching of work that runs outside this process.
 *
 * @param whatNow - A line that says that the work goes on.
 */
export function whileWatching(whatNow: string): Interrupt {
  return listen(whatNow, () => {});
}

function listen(line: string, atOnce: () => void): Interrupt {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) {
      atOnce();
      process.exit(EXIT.interrupted);
    }
    say(`\n${line}`);
    controller.abort();
  };
  // A terminal that closes may send SIGHUP twice, so a second one is no second Ctrl-C.
  const hangUp = (): void => {
    if (!controller.signal.aborted) stop();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', hangUp);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      process.off('SIGINT', stop).off('SIGTERM', stop).off('SIGHUP', hangUp);
    },
  };
}
