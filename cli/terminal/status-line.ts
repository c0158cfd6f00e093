import { shortened } from '../../operator/words.ts';
import { say } from './output-lines.ts';
import { createSpinner, isTerminal } from './progress.ts';

/** How something gets on, in one line that is written over; disposing of it ends it. */
export interface StatusLine extends Disposable {
  show(text: string): void;
}

/** Without a terminal a line appears this often at most, in milliseconds. */
const LINE_EVERY_MS = 10_000;
/** A symbol and a space stand in front; the last column stays free, or it may wrap. */
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
