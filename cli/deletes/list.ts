import { readConfig } from '../../operator/config.ts';
import { type DeletesSummary, listDeletes } from '../../operator/deletes/list.ts';
import { heldText, uncountedText } from '../../operator/deletes/words.ts';
import { type CommonOptions, flagsOf } from '../../operator/options.ts';
import { openSession } from '../../operator/session.ts';
import { grouped, minuteIn, timeIn } from '../../operator/words.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';
import { type Column, tableOf } from '../terminal/table.ts';
import { tableWidth } from '../terminal/terminal.ts';
import { fitted } from '../terminal/text.ts';

/** `procurios-sync deletes list [STREAM]`: what is known of absent objects, in numbers. */
export async function printDeletesList(stream: string | undefined, options: CommonOptions): Promise<number> {
  const config = await readConfig(options);
  await using session = await openSession(config, options);
  const summaries = await listDeletes(session, stream);
  const { timeZone } = config.schedule;
  if (options.json) for (const summary of summaries) print(JSON.stringify(summary));
  else {
    print(summaryTable(summaries, timeZone));
    for (const [line, streams] of linesAbout(summaries, timeZone))
      print(fitted(`${streams.join(', ')}: ${line}`));
    const held = summaries.filter((each) => each.held !== undefined);
    for (const each of held) {
      say(`to look and decide: npx procurios-sync deletes show ${each.stream}${flagsOf(options)}`);
    }
  }
  return EXIT.done;
}

function summaryTable(summaries: readonly DeletesSummary[], timeZone: string): string {
  const column = (head: string, cell: (summary: DeletesSummary) => string, dispensable?: number): Column => ({
    head,
    cells: summaries.map(cell),
    ...(dispensable !== undefined && { dispensable }),
  });
  const number = (head: string, count: (summary: DeletesSummary) => number, dispensable?: number) => ({
    ...column(head, (summary) => grouped(count(summary)), dispensable),
    isNumber: true,
  });
  return tableOf(
    [
      column('stream', ({ stream }) => stream),
      column('deletes', ({ deletes = 'not in the config' }) => deletes, 3),
      column('missed', missedText),
      number('due', ({ due }) => due),
      number('held', ({ held }) => held?.count ?? 0),
      number('kept', ({ kept }) => kept, 1),
      number('carried in 7 days', (summary) => summary.carriedInWeek, 2),
      column('last counted walk', ({ lastCounted }) => lastWalkText(lastCounted?.began, timeZone), 4),
    ],
    tableWidth(),
  );
}

/** `3 once, 1 twice, 12 3 times`. */
function missedText({ missed }: DeletesSummary): string {
  const times = (walks: number): string => ['0 times', 'once', 'twice'][walks] ?? `${walks} times`;
  const counts = Object.entries(missed).map(([walks, count]) => `${grouped(count)} ${times(Number(walks))}`);
  return counts.join(', ') || '0';
}

function lastWalkText(began: string | undefined, timeZone: string): string {
  return began === undefined ? 'none' : minuteIn(timeZone, began);
}

/** What the table has no room for, each line once, with the streams of which it is true. */
function linesAbout(
  summaries: readonly DeletesSummary[],
  timeZone: string,
): ReadonlyMap<string, readonly string[]> {
  const streams = new Map<string, readonly string[]>();
  for (const summary of summaries) {
    for (const line of linesOf(summary, timeZone)) {
      streams.set(line, [...(streams.get(line) ?? []), summary.stream]);
    }
  }
  return streams;
}

function linesOf(summary: DeletesSummary, timeZone: string): string[] {
  const { held, waiting, uncounted, overflow, areAbsencesLost } = summary;
  const lines = [
    held && `${heldText(held, timeZone)}; held id ${held.id}`,
    waiting && `what is due waits for clean evidence since ${timeIn(timeZone, waiting.since)}`,
    waiting?.failedLook && `the second reading of the list proved nothing: ${waiting.failedLook}`,
    uncounted && `the last walk, of ${timeIn(timeZone, uncounted.began)}, ${uncountedText(uncounted.reason)}`,
    overflow > 0 && `${grouped(overflow)} more are unseen, for which the state table has no room`,
    areAbsencesLost && 'what was known of absent objects cannot be read, so the counts start over',
  ];
  return lines.filter((line) => typeof line === 'string');
}
