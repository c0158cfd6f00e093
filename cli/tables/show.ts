import { stringifyJson } from '../../lambda/core/json.ts';
import { findStream, readConfig } from '../../operator/config.ts';
import { type CommonOptions, flagsOf } from '../../operator/options.ts';
import { openSession, type Session } from '../../operator/session.ts';
import {
  type AlikeRejects,
  findItem,
  type ListedRejects,
  listItems,
  listRejects,
} from '../../operator/tables/tables.ts';
import { countOf, grouped, printable, severalOf } from '../../operator/words.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';
import { tableWidth } from '../terminal/terminal.ts';
import { fitted } from '../terminal/text.ts';
import { itemsTable } from './items-table.ts';

export interface ShowCommandOptions extends CommonOptions {
  /** Items or rejects to list, at most. */
  readonly limit: number;
  /** List the objects that could not be stored instead of the items. */
  readonly rejects?: boolean;
  /** Include tombstones. */
  readonly deleted?: boolean;
}

/** `procurios-sync show STREAM [ID]`: items of a stream's table, or its rejects. */
export async function show(
  stream: string,
  id: string | undefined,
  options: ShowCommandOptions,
): Promise<number> {
  const config = await readConfig(options);
  // Fails for an unknown stream before a session is opened, because that creates tables with --embedded.
  findStream(config, stream);
  await using session = await openSession(config, options);
  if (options.rejects) printRejects(stream, await listRejects(session, stream, id), options);
  else if (id === undefined) await showItems(session, stream, options);
  else {
    const item = await findItem(session, stream, id, options.deleted);
    print(options.json ? stringifyJson(item) : printable(stringifyJson(item, 2)));
  }
  return EXIT.done;
}

async function showItems(session: Session, stream: string, options: ShowCommandOptions): Promise<void> {
  const { table, items, hasMore, hasOnlyDeleted } = await listItems(
    session,
    stream,
    options.limit,
    options.deleted ?? false,
  );
  if (options.json) for (const item of items) print(stringifyJson(item));
  else if (items.length > 0) print(itemsTable(items, tableWidth()));
  if (hasOnlyDeleted) say(`table ${table} has deleted items only; --deleted lists them`);
  else if (items.length === 0)
    say(`table ${table} is empty; to fill it: npx procurios-sync pull${flagsOf(options)}`);
  else if (hasMore)
    say(`the first ${severalOf(items.length, 'item')}; --limit shows more, an ID shows one whole`);
  else say(items.length === 1 ? 'the only item' : `all ${countOf(items.length, 'item')}`);
}

function printRejects(
  stream: string,
  { rejects, alike }: ListedRejects,
  { json, limit }: ShowCommandOptions,
): void {
  const total = countOf(rejects.length, 'reject');
  if (rejects.length === 0) say(`stream ${stream} has no rejects`);
  else if (json) {
    const shown = rejects.slice(0, limit);
    for (const reject of shown) print(JSON.stringify(reject));
    say(`${grouped(shown.length)} of ${total}`);
  } else {
    const shown = alike.slice(0, limit);
    for (const each of shown) print(fitted(printable(rejectsText(each))));
    say(`${grouped(shown.reduce((sum, { count }) => sum + count, 0))} of ${total}`);
  }
}

function rejectsText({ first, count, firstPage, lastPage }: AlikeRejects): string {
  const { id, reason, field, message, seenAt } = first;
  const objects = count === 1 ? '' : `${countOf(count, 'object')} on `;
  const pages = firstPage === lastPage ? `page ${firstPage}` : `pages ${firstPage} to ${lastPage}`;
  const where = `${objects}${pages}${field === undefined ? '' : `, field ${field}`}`;
  return `${id ?? '(no key)'}  ${reason}: ${message} (${where}, seen at ${seenAt})`;
}
