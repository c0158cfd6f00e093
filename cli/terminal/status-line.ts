import { shortened } from '../../operator/words.ts';
import { say } from './output-lines.ts';
import { createSpinner, isTerminal } from './progress.ts';

/** One line about progress, which is written over. Disposing of it removes the line. */
export interface StatusLine extends Disposable {
  show(text: string): void;
}

/** Milliseconds between two lines, at least, if stderr is no terminal. */
const LINE_EVERY_MS = 10_000;
/** Columns kept free: for the symbol and the space before the line, and the last one, because the line may wrap in it. */
const TERMINAL_MARGIN = 3;

export function createStatusLine(): StatusLine {
  return isTerminal() ? shownOnTerminal() : shownInLines();
}

function shownOnTerminal(): StatusLine {
  const spinner = createSpinner().start();
  return {
    show(text) {
      spinner.text = shortened(text, (process.stderr.columns || 80) - TERMINAL_MARGIN);
    },
    [Symbol.dispose]() {
      spinner.stop();
    },
  };
}

function shownInLines(): StatusLine {
  let saidAt = Date.now();
  return {
    show(text) {
      if (Date.now() - saidAt < LINE_EVERY_MS) return;
      saidAt = Date.now();
      say(text);
    },
    [Symbol.dispose]() {},
  };
}
