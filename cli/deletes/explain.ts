import { type Json, stringifyJson } from '../../lambda/core/json.ts';
import { readConfig } from '../../operator/config.ts';
import { explain, type Story, type StoryState } from '../../operator/deletes/explain.ts';
import type { CommonOptions } from '../../operator/options.ts';
import { openSession } from '../../operator/session.ts';
import { countOf, printable, timeIn } from '../../operator/words.ts';
import { type LabelledLine, labelled, labelledLines } from '../terminal/labelled-lines.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';

export interface ExplainOptions extends CommonOptions {
  /** Also show the item, with its values. */
  readonly reveal?: boolean;
}

/** `procurios-sync explain STREAM ID`: one object's story. */
export async function printStory(stream: string, id: string, options: ExplainOptions): Promise<number> {
  const config = await readConfig(options);
  await using session = await openSession(config, options);
  const story = await explain(session, stream, id, options.reveal ?? false);
  if (options.json) print(stringifyJson(story as unknown as Json));
  else {
    print(printable(storyText(story, config.schedule.timeZone)));
    if (story.item !== undefined && story.item.item === undefined)
      say('left out: the values of its item; --reveal shows them');
  }
  return EXIT.done;
}

const STATES: Readonly<Record<StoryState, string>> = {
  live: 'live',
  missed: 'live, but missed by walks',
  held: 'live, and its deletion is held for an operator',
  kept: 'live, and kept while Procurios does not list it, because an operator rejected its deletion',
  gone: 'gone from Procurios; the item is marked as deleted',
  foreign: 'another program wrote the item, so pulls leave it as it is until Procurios lists such an object',
  absent: 'the table has no item of it',
};

function storyText(story: Story, timeZone: string): string {
  const { stream, id, state, item, absence, walks, reject, changes } = story;
  const time = (text: string | undefined) => (text === undefined ? undefined : timeIn(timeZone, text));
  return labelledLines([
    ['object', `${id} of ${stream}`],
    ['state', STATES[state]],
    // Marking an item names the run that did it, in place of the one that wrote it.
    [
      'last written',
      item?.changedAt && `${time(item.changedAt)}${item.deletedAt === undefined ? byRun(item.run) : ''}`,
    ],
    ['deleted', item?.deletedAt && `${time(item.deletedAt)}${byRun(item.run)}`],
    ['because', item?.deletedBecause],
    ['merged into', item?.mergedInto],
    ['missed', absence && missedText(absence, time(absence.since))],
    ['note', absence?.note],
    ...labelled(
      'counted walks',
      walks.map(({ began, isMissed, walkId }) => `${time(began)}  ${isMissed ? 'missed it' : ''}  ${walkId}`),
    ),
    ...archiveLines(story, time),
    ['reject', reject && `${reject.reason}: ${reject.message} (page ${reject.page}, ${time(reject.seenAt)})`],
    ...labelled(
      'changes',
      changes.map(({ queuedAt, outcome, operation = '', subject = '', changeId }) =>
        [time(queuedAt), outcome, operation, subject, changeId].join('  '),
      ),
    ),
    ...labelled('item', item?.item === undefined ? [] : stringifyJson(item.item, 2).split('\n')),
  ]);
}

function byRun(run = 'unknown'): string {
  return `, by run ${run}`;
}

function missedText(
  { missed, wasNeverShown }: NonNullable<Story['absence']>,
  since: string | undefined,
): string {
  const walks = missed === 0 ? 'the counts started over' : `by ${countOf(missed, 'counted walk')} in a row`;
  const never = wasNeverShown ? ', and never shown since the listing is read as it is' : '';
  return `${walks}, since ${since}${never}`;
}

function archiveLines(
  { archive, absence }: Story,
  time: (text: string | undefined) => string | undefined,
): LabelledLine[] {
  if (archive === undefined) return [];
  const { archivedAt, isExplained, merges } = archive;
  const at = archivedAt === undefined ? 'at a time that cannot be read' : `${time(archivedAt)}`;
  return [
    ['archive', `${at}, ${archiveWord(isExplained, archivedAt !== undefined, absence)}`],
    ['merges', merges.length === 0 ? undefined : merges.join(' → ')],
  ];
}

function archiveWord(isExplained: boolean, hasTime: boolean, absence: Story['absence']): string {
  if (isExplained) return 'which explains its absence';
  if (!hasTime) return 'which explains nothing';
  return absence === undefined || absence.missed === 0
    ? 'which counts as soon as a counted walk misses the object'
    : 'before the last walk that showed the object, which explains nothing';
}
