import { styleText } from 'node:util';
import ora from 'ora';
import type { Counts } from '../../lambda/core/pull/counts.ts';
import type { Page } from '../../lambda/core/pull/page.ts';
import type { WalkStatus } from '../../lambda/core/pull/receipt.ts';
import type { Progress } from '../../lambda/core/pull/run-ports.ts';
import type { Stream } from '../../lambda/core/pull/stream.ts';
import { wasBegun } from '../../lambda/core/pull/verdict.ts';
import type { Retry } from '../../lambda/core/retry.ts';
import { printable, shortened, wholeSeconds } from '../../operator/words.ts';
import { say } from './output-lines.ts';
import { endingLine, nameWidth, type WalkProgress, walkLine } from './progress-line.ts';

/** A pull's progress on stderr. Streams that the run did not begin are left out. Disposing of it removes the spinner. */
export interface ShownProgress extends Progress, Disposable {
  /** Shows that an attempt failed and is retried. */
  retries(retry: Retry): void;
}

/** Milliseconds between two lines about a stream in progress, if stderr is no terminal. */
const LINE_EVERY_MS = 10_000;
/** Columns kept free: for the symbol and the space before a line, and for an echoed `^C` after it, which must not wrap. */
const TERMINAL_MARGIN = 6;
const PLAIN_WIDTH = 120;

/** Shows a pull's progress as a bar for each stream on a terminal, and as plain lines elsewhere. */
export function createProgress(streams: readonly Stream[], isDryRun: boolean): ShownProgress {
  const width = nameWidth(streams.map(({ name }) => name));
  const label = ({ name }: Stream): string => shortened(name, width).padEnd(width);
  return isTerminal() ? barProgress(label, isDryRun) : lineProgress(label, isDryRun);
}

/** Whether lines on stderr can be written over. Without a width they cannot, because ora would hang. */
export function isTerminal(): boolean {
  return process.stderr.isTTY && process.stderr.columns > 0 && process.env.TERM !== 'dumb';
}

/** A spinner on stderr that obeys `NO_COLOR` and leaves the keyboard alone. */
export function createSpinner(isSilent = false) {
  const color = process.stderr.isTTY && process.stderr.hasColors() ? ('cyan' as const) : false;
  // discardStdin would put the keyboard into raw mode, which stops a command that runs in the background.
  return ora({ stream: process.stderr, isEnabled: isTerminal(), isSilent, color, discardStdin: false });
}

const SYMBOLS = {
  complete: ['green', '✔'],
  incomplete: ['yellow', '⚠'],
  failed: ['red', '✖'],
} as const satisfies Record<WalkStatus, unknown>;

function barProgress(label: (stream: Stream) => string, isDryRun: boolean): ShownProgress {
  const spinner = createSpinner();
  let current = '';
  let pace = createPace();
  const room = (): number => (process.stderr.columns || 80) - TERMINAL_MARGIN;
  return {
    streamBegins(stream) {
      pace = createPace();
      current = label(stream);
      spinner.start(shortened(current, room()));
    },
    retries(retry) {
      spinner.text = shortened(`${current}  ${retryText(retry)}`, room());
    },
    pageTaken(stream, page, counts) {
      spinner.text = walkLine(label(stream), pace.of(page, counts), room());
    },
    waits(stream, ms) {
      spinner.text = shortened(`${label(stream)}  ${waiting(ms)}`, room());
    },
    streamEnds(stream, receipt) {
      if (!wasBegun(receipt)) {
        spinner.stop();
        return;
      }
      const [colour, character] = SYMBOLS[receipt.status];
      const symbol = styleText(colour, character, { stream: process.stderr });
      const layout = { isDryRun, elapsedMs: pace.elapsedMs(), most: room() };
      spinner.stopAndPersist({ symbol, text: endingLine(label(stream), receipt, layout) });
    },
    [Symbol.dispose]() {
      spinner.stop();
    },
  };
}

function lineProgress(label: (stream: Stream) => string, isDryRun: boolean): ShownProgress {
  let pace = createPace();
  let latest: (() => string) | undefined;
  let current = '';
  let saidRetryAt = 0;
  const timer = setInterval(() => {
    if (latest !== undefined) say(latest());
  }, LINE_EVERY_MS);
  timer.unref();
  return {
    streamBegins(stream) {
      pace = createPace();
      current = label(stream);
      latest = () => `${label(stream)}  waiting for its first page`;
      timer.refresh();
    },
    retries(retry) {
      // Up to eight pages are in flight, and each may be retried.
      if (Date.now() - saidRetryAt < LINE_EVERY_MS) return;
      saidRetryAt = Date.now();
      say(`${current}  ${retryText(retry)}`);
    },
    pageTaken(stream, page, counts) {
      const state = pace.of(page, counts);
      latest = () => walkLine(label(stream), { ...state, last: undefined }, PLAIN_WIDTH);
    },
    waits(stream, ms) {
      say(`${label(stream)}  ${waiting(ms)}`);
      latest = undefined;
    },
    streamEnds(stream, receipt) {
      latest = undefined;
      if (!wasBegun(receipt)) return;
      const layout = { isDryRun, elapsedMs: pace.elapsedMs(), most: PLAIN_WIDTH };
      say(endingLine(label(stream), receipt, layout));
    },
    [Symbol.dispose]() {
      clearInterval(timer);
    },
  };
}

function waiting(ms: number): string {
  const until = new Date(Date.now() + ms).toLocaleTimeString('en-GB');
  return `Procurios asked to wait until ${until} (${wholeSeconds(ms)})`;
}

/** `answered 503, trying again (2 of 5)`. */
export function retryText({ reason, attempt, of }: Retry): string {
  return `${printable(reason)}, trying again (${attempt} of ${of})`;
}

/** Measures how fast a stream is read. Starts from the first counts it gets, because a resumed walk has counts already. */
function createPace() {
  const beganAt = Date.now();
  let first: { readonly pages: number; readonly fetched: number } | undefined;
  return {
    elapsedMs: (): number => Date.now() - beganAt,
    of({ number, last, objects }: Page, { pages, fetched }: Readonly<Counts>): WalkProgress {
      first ??= { pages: pages - 1, fetched: fetched - objects.length };
      const seconds = Math.max(0.001, (Date.now() - beganAt) / 1000);
      return {
        page: number,
        last,
        objects: fetched,
        pagesPerSecond: (pages - first.pages) / seconds,
        objectsPerSecond: (fetched - first.fetched) / seconds,
      };
    },
  };
}
