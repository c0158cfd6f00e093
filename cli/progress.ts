import ora from 'ora';
import type { Page } from '../lambda/core/page.ts';
import type { Counts, Receipt } from '../lambda/core/receipt.ts';
import type { Progress } from '../lambda/core/run.ts';
import type { Stream } from '../lambda/core/stream.ts';
import { say } from './command.ts';
import { duration, grouped, receiptLine } from './receipts.ts';

const BAR_WIDTH = 24;
/** Without a terminal, a line about a stream under way appears this often. */
const LINE_EVERY_MS = 10_000;

/** Shows on stderr how a pull gets on: a bar per stream on a terminal, plain lines elsewhere. */
export function createProgress(streams: readonly Stream[], isDryRun: boolean): Progress {
  const width = Math.max(...streams.map(({ name }) => name.length));
  return process.stderr.isTTY ? barProgress(width, isDryRun) : lineProgress(width, isDryRun);
}

function barProgress(width: number, isDryRun: boolean): Progress {
  const spinner = ora({ stream: process.stderr });
  let pace = createPace();
  return {
    streamBegins({ name }) {
      pace = createPace();
      spinner.start(name.padEnd(width));
    },
    pageTaken({ name }, page, counts) {
      spinner.text = `${name.padEnd(width)}  ${underWay(page, counts, pace)}`;
    },
    waits({ name }, ms) {
      spinner.text = `${name.padEnd(width)}  waiting ${duration(ms)}, as Procurios asked`;
    },
    streamEnds({ name }, receipt) {
      const line = `${name.padEnd(width)}  ${ending(receipt, isDryRun, pace)}`;
      if (receipt.status === 'complete') spinner.succeed(line);
      else if (receipt.status === 'incomplete') spinner.warn(line);
      else spinner.fail(line);
    },
  };
}

function lineProgress(width: number, isDryRun: boolean): Progress {
  let pace = createPace();
  let saidAt = 0;
  return {
    streamBegins() {
      pace = createPace();
      saidAt = Date.now();
    },
    pageTaken({ name }, page, counts) {
      if (Date.now() - saidAt < LINE_EVERY_MS) return;
      saidAt = Date.now();
      say(`${name.padEnd(width)}  ${underWay(page, counts, pace)}`);
    },
    waits({ name }, ms) {
      say(`${name.padEnd(width)}  waiting ${duration(ms)}, as Procurios asked`);
    },
    streamEnds({ name }, receipt) {
      say(`${name.padEnd(width)}  ${receipt.status}: ${ending(receipt, isDryRun, pace)}`);
    },
  };
}

/** How fast a stream is read, from what its walk counts now and counted at first: a resumed one began earlier. */
function createPace() {
  const beganAt = Date.now();
  let first: { readonly pages: number; readonly fetched: number } | undefined;
  return {
    elapsedMs: (): number => Date.now() - beganAt,
    /** Pages and objects a second. */
    of(page: Page, { pages, fetched }: Readonly<Counts>) {
      first ??= { pages: pages - 1, fetched: fetched - page.objects.length };
      const seconds = Math.max(0.001, (Date.now() - beganAt) / 1000);
      return { pages: (pages - first.pages) / seconds, objects: (fetched - first.fetched) / seconds };
    },
  };
}

type Pace = ReturnType<typeof createPace>;

function underWay(page: Page, counts: Readonly<Counts>, pace: Pace): string {
  const speed = pace.of(page, counts);
  const read = `${grouped(counts.fetched)} objects  ${grouped(Math.round(speed.objects))}/s`;
  if (page.last === undefined) return `page ${grouped(page.number)}  ${read}`;
  const leftMs = ((page.last - page.number) / speed.pages) * 1000;
  return `${bar(page.number / page.last)} ${grouped(page.number)}/${grouped(page.last)} pages  ${read}  ${duration(leftMs)} left`;
}

function ending(receipt: Receipt, isDryRun: boolean, pace: Pace): string {
  const error = receipt.error === undefined ? '' : `  ${receipt.error.code}`;
  return `${receiptLine(receipt, isDryRun)}  ${duration(pace.elapsedMs())}${error}`;
}

function bar(share: number): string {
  const filled = Math.round(Math.min(1, share) * BAR_WIDTH);
  return '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
}
