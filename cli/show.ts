import { stripVTControlCharacters } from 'node:util';
import { readItem, scanItems } from '../lambda/aws/read-items.ts';
import { listRejects } from '../lambda/aws/reject-store.ts';
import { createStateTable } from '../lambda/aws/state-table.ts';
import { stateTableName, streamTableName } from '../lambda/config/names.ts';
import type { Json, JsonObject } from '../lambda/core/json.ts';
import { stringifyJson } from '../lambda/core/json.ts';
import { OWN_FIELDS } from '../lambda/core/prepare.ts';
import { type CommonOptions, EXIT, print, say, UsageError } from './command.ts';
import { plainTable } from './receipts.ts';
import { findStream, openSession, readConfig, type Session } from './session.ts';

export interface ShowCommandOptions extends CommonOptions {
  /** Most items listed. */
  readonly limit: number;
  /** Show what could not be stored, and why, instead of what was. */
  readonly rejects?: boolean;
}

const MOST_COLUMNS = 6;
const WIDEST_CELL = 28;

/** `procurios-sync show STREAM [ID]`: items of a stream's table, for people. */
export async function show(
  stream: string,
  id: string | undefined,
  options: ShowCommandOptions,
): Promise<number> {
  const config = await readConfig(options);
  const { name } = findStream(config, stream);
  await using session = await openSession(config, options);
  const tableName = streamTableName(config.environment, name);

  if (options.rejects) return await showRejects(session, config.environment, name, options);
  if (id !== undefined) return await showItem(session, tableName, id, options);
  return await showItems(session, tableName, options);
}

async function showItem(
  session: Session,
  tableName: string,
  id: string,
  options: CommonOptions,
): Promise<number> {
  const item = await readItem(session.dynamoDb, tableName, id);
  if (item === undefined) throw new UsageError(`table ${tableName} has no item with that id`);
  print(options.json ? stringifyJson(item) : printable(stringifyJson(item, 2)));
  return EXIT.done;
}

async function showItems(session: Session, tableName: string, options: ShowCommandOptions): Promise<number> {
  const items: JsonObject[] = [];
  let hasMore = false;
  for await (const some of scanItems(session.dynamoDb, tableName, options.limit + 1)) {
    items.push(...some);
    hasMore = items.length > options.limit;
    if (hasMore) break;
  }
  const shown = items.slice(0, options.limit);
  if (options.json) for (const item of shown) print(stringifyJson(item));
  else if (shown.length > 0) print(itemsTable(shown));
  if (!options.json) say(summary(tableName, shown.length, hasMore));
  return EXIT.done;
}

function summary(tableName: string, shown: number, hasMore: boolean): string {
  if (shown === 0) return `table ${tableName} is empty; "procurios-sync pull" fills it`;
  return hasMore
    ? `the first ${shown} items; --limit shows more, an ID one of them whole`
    : `all ${shown} items`;
}

/** The fields that fit: the id, the first plain ones of the first item, and when it last changed. */
function itemsTable(items: readonly JsonObject[]): string {
  const isOwn = (name: string): boolean => (OWN_FIELDS as readonly string[]).includes(name);
  const fields = Object.entries(items[0] ?? {})
    .filter(([name, value]) => !isOwn(name) && (typeof value !== 'object' || value === null))
    .map(([name]) => name)
    .slice(0, MOST_COLUMNS);
  const columns = ['_id', ...fields, '_changedAt'];
  const table = plainTable(columns.map(printable), columns.length);
  for (const item of items) table.push(columns.map((column) => cell(item[column])));
  return table.toString();
}

function cell(value: Json | undefined): string {
  if (value === undefined) return '';
  const text = printable(typeof value === 'string' ? value : stringifyJson(value));
  return text.length > WIDEST_CELL ? `${text.slice(0, WIDEST_CELL - 1)}…` : text;
}

/** Text of others may hold control characters, which a terminal would obey. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  return stripVTControlCharacters(text).replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '�');
}

async function showRejects(
  session: Session,
  environment: string,
  stream: string,
  options: ShowCommandOptions,
): Promise<number> {
  const state = createStateTable(session.dynamoDb, stateTableName(environment));
  const rejects = await listRejects(state, stream);
  if (options.json) for (const reject of rejects) print(JSON.stringify(reject));
  else if (rejects.length === 0) say(`stream ${stream} has no rejects`);
  else {
    const table = plainTable(['id', 'reason', 'field', 'an object that', 'page', 'seen at'], 4);
    for (const { id, reason, field, message, page, seenAt } of rejects.slice(0, options.limit)) {
      table.push(
        [id ?? '', reason, field ?? '', message, page, seenAt].map((value) => printable(String(value))),
      );
    }
    print(table.toString());
    say(`${Math.min(options.limit, rejects.length)} of ${rejects.length} rejects`);
  }
  return EXIT.done;
}
