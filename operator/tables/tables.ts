import { listRejects as listAllRejects, type StoredReject } from '../../lambda/aws/state/reject-store.ts';
import { type JsonObject, objectFrom } from '../../lambda/core/json.ts';
import { LONGEST_ID_BYTES } from '../../lambda/core/pull/key.ts';
import { OWN_FIELDS } from '../../lambda/core/pull/prepare.ts';
import type { Stream } from '../../lambda/core/pull/stream.ts';
import { streamTableName } from '../../lambda/deployment/names.ts';
import { CommandError } from '../command-error.ts';
import { findStream } from '../config.ts';
import type { Session } from '../session.ts';
import { readItem, scanItems } from './read-items.ts';

const OWN: ReadonlySet<string> = new Set(OWN_FIELDS);
/** What an export says of an object that is gone. No object has these fields, because it would be a reject. */
const OF_DELETED: ReadonlySet<string> = new Set(['_deletedAt', '_deletedBecause', '_mergedInto']);

/** Some items of a table. */
export interface ListedItems {
  /** The table's name. */
  readonly table: string;
  readonly items: readonly JsonObject[];
  /** Whether the table has more items than the limit. */
  readonly hasMore: boolean;
  /** Whether the table has tombstones only, and they were to be left out. */
  readonly hasOnlyDeleted: boolean;
}

/**
 * @param withDeleted - Whether tombstones are listed too.
 * @throws {CommandError} `USAGE` if the config has no such stream.
 */
export async function listItems(
  session: Session,
  stream: string,
  limit: number,
  withDeleted: boolean,
): Promise<ListedItems> {
  const table = tableOfStream(session, stream);
  const found: JsonObject[] = [];
  for await (const items of scanItems(session.dynamoDb, table, { withDeleted, mostAtFirst: limit + 1 })) {
    for (const item of items) found.push(item);
    if (found.length > limit) break;
  }
  const hasOnlyDeleted =
    !withDeleted && found.length === 0 && (await listItems(session, stream, 1, true)).items.length > 0;
  return { table, items: found.slice(0, limit), hasMore: found.length > limit, hasOnlyDeleted };
}

/**
 * Finds an item by its id, or by the key's values, joined by `/`.
 *
 * @param withDeleted - Whether a tombstone is found too.
 * @throws {CommandError} `NOT_FOUND` if the table has no such item; `USAGE` if the config has no such stream.
 */
export async function findItem(
  session: Session,
  stream: string,
  id: string,
  withDeleted = false,
): Promise<JsonObject> {
  const table = tableOfStream(session, stream);
  let hint = '';
  for (const each of idsMeant(findStream(session.config, stream), id)) {
    const item = await readItem(session.dynamoDb, table, each);
    if (item !== undefined && (withDeleted || item._deletedAt === undefined)) return item;
    if (item !== undefined) hint = ', but a deleted one; --deleted shows it';
  }
  throw new CommandError('NOT_FOUND', `table ${table} has no item with that id${hint}`);
}

/** The ids that a given text may mean: as it is, and with its values percent-encoded, as `keyOf` does. None if no id is like that. */
export function idsMeant({ key }: Stream, id: string): ReadonlySet<string> {
  const values = key.length === 1 ? [id] : id.split('/');
  const isKey = id.isWellFormed() && values.length === key.length;
  const ids = isKey ? [id, values.map(encodeURIComponent).join('/')] : [id];
  // Not asked of DynamoDB, which refuses such keys.
  return new Set(ids.filter((each) => each !== '' && Buffer.byteLength(each) <= LONGEST_ID_BYTES));
}

/** The objects of a stream that could not be stored. */
export interface ListedRejects {
  /** Ordered by id. */
  readonly rejects: readonly StoredReject[];
  /** The same, but those without an id together, because nothing that could be shown tells them apart but their pages. */
  readonly alike: readonly AlikeRejects[];
}

/** One reject, or all without an id that have the same reason and field. */
export interface AlikeRejects {
  readonly first: StoredReject;
  readonly count: number;
  readonly firstPage: number;
  readonly lastPage: number;
}

/**
 * Lists the rejects of a stream, or those of one object.
 *
 * @param id - As {@link findItem} takes it; undefined for the rejects of all objects.
 * @throws {CommandError} `NOT_FOUND` if the object has no reject; `USAGE` if the config has no such stream.
 */
export async function listRejects(
  session: Session,
  stream: string,
  id: string | undefined,
): Promise<ListedRejects> {
  const found = findStream(session.config, stream);
  const all = await listAllRejects(session.state(), found.name);
  const ids = id === undefined ? undefined : idsMeant(found, id);
  const rejects = ids === undefined ? all : all.filter((reject) => reject.id && ids.has(reject.id));
  if (ids !== undefined && rejects.length === 0) {
    throw new CommandError('NOT_FOUND', `stream ${stream} has no reject with that id`);
  }
  return { rejects, alike: alikeOf(rejects) };
}

function alikeOf(rejects: readonly StoredReject[]): AlikeRejects[] {
  const groups = Map.groupBy(rejects, (reject) =>
    reject.id === undefined ? `${reject.reason} ${reject.field}` : reject,
  );
  return [...groups.values()].map((group) => {
    const [first] = group as [StoredReject];
    const pages = group.map(({ page }) => page).sort((a, b) => a - b);
    return { first, count: group.length, firstPage: Number(pages[0]), lastPage: Number(pages.at(-1)) };
  });
}

/**
 * Reads the objects of a stream's table as Procurios gave them, without the fields that the pull adds.
 *
 * @param withDeleted - Whether objects that are gone are read too, with the fields that say when and why.
 * @throws {CommandError} `USAGE` if the config has no such stream.
 */
export async function* scanObjects(
  session: Session,
  stream: string,
  withDeleted: boolean,
): AsyncGenerator<readonly JsonObject[], void, undefined> {
  const isKept = (name: string): boolean => !OWN.has(name) || OF_DELETED.has(name);
  for await (const items of scanItems(session.dynamoDb, tableOfStream(session, stream), { withDeleted })) {
    yield items.map((item) => objectFrom(Object.entries(item).filter(([name]) => isKept(name))));
  }
}

function tableOfStream({ config }: Session, stream: string): string {
  return streamTableName(config.environment, findStream(config, stream).name);
}
