import { readItem, scanItems } from '../../lambda/aws/dynamodb/read-items.ts';
import { listRejects } from '../../lambda/aws/state/reject-store.ts';
import { createStateTable } from '../../lambda/aws/state/state-table.ts';
import { type JsonObject, stringifyJson } from '../../lambda/core/json.ts';
import { stateTableName, streamTableName } from '../../lambda/deployment/names.ts';
import { CommandError } from '../../operator/command-error.ts';
import { type CommonOptions, flagsOf } from '../../operator/options.ts';
import { findStream, openSession, readConfig, type Session } from '../../operator/session.ts';
import { grouped, printable } from '../../operator/words.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';
import { tableWidth } from '../terminal/terminal.ts';
import { itemsTable } from './items-table.ts';

export interface ShowCommandOptions extends CommonOptions {
  /** Most items or rejects listed. */
  readonly limit: number;
  /** Show what could not be stored, and why, instead of what was. */
  readonly rejects?: boolean;
}

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

  if (options.rejects) await showRejects(session, config.environment, name, options);
  else if (id !== undefined) await showItem(session, tableName, id, options);
  else await showItems(session, tableName, options);
  return EXIT.done;
}

async function showItem(
  session: Session,
  tableName: string,
  id: string,
  options: CommonOptions,
): Promise<void> {
  const item = await readItem(session.dynamoDb, tableName, id);
  if (item === undefined) throw new CommandError('NOT_FOUND', `table ${tableName} has no item with that id`);
  print(options.json ? stringifyJson(item) : printable(stringifyJson(item, 2)));
}

async function showItems(session: Session, tableName: string, options: ShowCommandOptions): Promise<void> {
  const items: JsonObject[] = [];
  for await (const some of scanItems(session.dynamoDb, tableName, options.limit + 1)) {
    items.push(...some);
    if (items.length > options.limit) break;
  }
  const shown = items.slice(0, options.limit);
  if (options.json) for (const item of shown) print(stringifyJson(item));
  else if (shown.length > 0) print(itemsTable(shown, tableWidth()));
  if (shown.length === 0)
    say(`table ${tableName} is empty; fill it with npx procurios-sync pull${flagsOf(options)}`);
  else if (items.length === shown.length) say(`all ${grouped(shown.length)} items`);
  else say(`the first ${grouped(shown.length)} items; --limit shows more, an ID one of them whole`);
}

async function showRejects(
  session: Session,
  environment: string,
  stream: string,
  options: ShowCommandOptions,
): Promise<void> {
  const state = createStateTable(session.dynamoDb, stateTableName(environment));
  const rejects = await listRejects(state, stream);
  for (const reject of rejects.slice(0, options.limit)) {
    const { id, reason, field, message, page, seenAt } = reject;
    const where = `page ${page}${field === undefined ? '' : `, field ${field}`}`;
    const line = `${id ?? '(no key)'}  ${reason}: ${message} (${where}, seen at ${seenAt})`;
    print(options.json ? JSON.stringify(reject) : printable(line));
  }
  if (rejects.length === 0) say(`stream ${stream} has no rejects`);
  else say(`${grouped(Math.min(options.limit, rejects.length))} of ${grouped(rejects.length)} rejects`);
}
