import { type Json, stringifyJson } from '../../lambda/core/json.ts';
import { readConfig } from '../../operator/config.ts';
import { type HeldObject, type HeldSet, showHeld } from '../../operator/deletes/show.ts';
import { heldText } from '../../operator/deletes/words.ts';
import { type CommonOptions, flagsOf } from '../../operator/options.ts';
import { openSession } from '../../operator/session.ts';
import { countOf, grouped, minuteIn, printable, severalOf, timeIn } from '../../operator/words.ts';
import { itemsTable } from '../tables/items-table.ts';
import { labelled, labelledLines } from '../terminal/labelled-lines.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';
import { type Column, tableOf } from '../terminal/table.ts';
import { tableWidth } from '../terminal/terminal.ts';
import { walkText } from './words.ts';

export interface DeletesShowOptions extends CommonOptions {
  /** Objects to list, at most. */
  readonly limit: number;
  /** Also show the items, with their values. */
  readonly reveal?: boolean;
}

/** `procurios-sync deletes show STREAM`: what is held, for the operator who decides about it. */
export async function printHeld(stream: string, options: DeletesShowOptions): Promise<number> {
  const config = await readConfig(options);
  await using session = await openSession(config, options);
  const { limit, reveal: isRevealed = false } = options;
  const set = await showHeld(session, stream, { limit, isRevealed });
  const { timeZone } = config.schedule;
  if (options.json) print(stringifyJson(set as unknown as Json));
  else if (set.held === undefined) say(`nothing of stream ${stream} is held`);
  else {
    print(printable(headText(set, timeZone)));
    print('');
    print(printable(objectsTable(set.objects, timeZone)));
    const items = set.objects.map(({ item }) => item).filter((item) => item !== undefined);
    if (items.length > 0) print(`\n${itemsTable(items, tableWidth())}`);
    if (set.objects.length < set.held.count) {
      say(`the first ${severalOf(set.objects.length, 'object')}; --limit shows more`);
    }
    for (const line of decisions(set, set.held.id, flagsOf(options))) say(line);
  }
  return EXIT.done;
}

function headText(set: HeldSet, timeZone: string): string {
  const { stream, held, live, walks, approvals } = set;
  if (held === undefined) return '';
  const share =
    live === undefined || live === 0 ? '' : ` of ${countOf(live, 'item')} (${percent(held.count, live)})`;
  return labelledLines([
    ['stream', stream],
    ['held id', held.id],
    ['held', heldText(held, timeZone)],
    ['count', `${grouped(held.count)}${share}`],
    ...labelled(
      'missed by',
      walks.map((walk) => walkText(walk, timeZone)),
    ),
    ...labelled(
      'approved',
      approvals.map(({ count, by, at, note }) =>
        [`${grouped(count)} by ${by} at ${timeIn(timeZone, at)}`, note].filter(Boolean).join(': '),
      ),
    ),
  ]);
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}

function objectsTable(objects: readonly HeldObject[], timeZone: string): string {
  const column = (head: string, cell: (object: HeldObject) => string): Column => ({
    head,
    cells: objects.map(cell),
  });
  return tableOf(
    [
      column('_id', ({ id }) => id),
      { ...column('missed', ({ missed }) => grouped(missed)), isNumber: true },
      column('since', ({ since }) => minuteIn(timeZone, since)),
      {
        ...column('last written', ({ changedAt }) => (changedAt ? minuteIn(timeZone, changedAt) : '')),
        dispensable: 1,
      },
      column('archive', (object) => archiveText(object, timeZone)),
    ],
    tableWidth(),
  );
}

function archiveText({ archive, wasNeverShown }: HeldObject, timeZone: string): string {
  if (archive === undefined) return wasNeverShown ? 'never shown' : '';
  const { archivedAt, isExplained, mergedInto } = archive;
  const merged = mergedInto === undefined ? 'archived' : `merged into ${mergedInto}`;
  const when = archivedAt === undefined ? '' : ` ${minuteIn(timeZone, archivedAt)}`;
  return `${merged}${when}${isExplained ? '' : ', but shown later'}`;
}

/** What the operator can do, as commands to copy. */
function decisions({ stream, approving }: HeldSet, heldId: string, flags: string): string[] {
  const reject = `npx procurios-sync deletes reject ${stream} ${heldId} --note "why"${flags}`;
  const keep = `to keep the items: ${reject}`;
  if (approving === undefined) return ['the config lets no item of this stream be deleted', keep];
  const what = approving === 'mark' ? 'to mark the items as deleted' : 'to delete the items';
  return [`${what}: npx procurios-sync deletes approve ${stream} ${heldId}${flags}`, keep];
}
