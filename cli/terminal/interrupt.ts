import { EXIT, say } from './output-lines.ts';

/** While it is not disposed of, Ctrl-C (and SIGTERM) does not end the process at once. */
export interface Interrupt extends Disposable {
  /** Aborts at the first Ctrl-C. */
  readonly signal: AbortSignal;
}

/**
 * Has Ctrl-C end a command in good order. A second one ends the process as it is.
 *
 * @param whatNow - Says, for people, what the command does before it ends.
 * @param atOnce - Called at the second Ctrl-C, the last thing that happens.
 */
export function onInterrupt(whatNow: string, atOnce: () => void): Interrupt {
  return listen(`${whatNow}; press Ctrl-C again to stop at once`, atOnce);
}

/**
 * Has Ctrl-C end the watching of something that goes on without this process.
 *
 * @param whatNow - Says, for people, that it does.
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
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      process.off('SIGINT', stop).off('SIGTERM', stop);
    },
  };
}
