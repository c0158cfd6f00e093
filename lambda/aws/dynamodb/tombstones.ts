import type { Burial, RenamedSurvivor, UnseenItem } from '../../core/deletes/delete-ports.ts';
import { referencesOf } from './expressions.ts';

/** What stands in the place of a tombstone's hash, so that an object that returns with its old content differs from it. */
const GONE = 'gone';

/** What all tombstones of a batch have in common. */
export interface Mark {
  /** RFC 3339. */
  readonly deletedAt: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  readonly runId: string;
}

/** The request that makes an item a tombstone, if it is still what was judged. */
export function markBody(tableName: string, { item, because, mergedInto }: Burial, mark: Mark): string {
  const set = [
    '#_hash = :gone',
    '#_deletedAt = :deletedAt',
    '#_deletedBecause = :because',
    '#_expiresAt = :expiresAt',
    '#_run = :run',
    ...(mergedInto === undefined ? [] : ['#_mergedInto = :mergedInto']),
  ];
  return updateBody(tableName, item.id, `SET ${set.join(', ')}`, conditionFor(item), {
    ...valuesFor(item),
    ':gone': GONE,
    ':deletedAt': mark.deletedAt,
    ':because': because,
    ':expiresAt': mark.expiresAt,
    ':run': mark.runId,
    ':mergedInto': mergedInto,
  });
}

/** The request that deletes an item, if it is still what was judged. */
export function deleteBody(tableName: string, item: UnseenItem): string {
  const condition = conditionFor(item);
  return JSON.stringify({
    ...keyed(tableName, item.id),
    ConditionExpression: condition,
    ...referencesOf([condition], valuesFor(item)),
  });
}

/** The request that names another survivor in a tombstone, if it still names the former one. */
export function renameBody(tableName: string, { id, from, to }: RenamedSurvivor, runId: string): string {
  const condition = '#_mergedInto = :from AND attribute_exists(#_deletedAt)';
  return updateBody(tableName, id, 'SET #_mergedInto = :to, #_run = :run', condition, {
    ':from': from,
    ':to': to,
    ':run': runId,
  });
}

function conditionFor({ changedAt }: UnseenItem): string {
  const isUnchanged =
    changedAt === undefined ? 'attribute_not_exists(#_changedAt)' : '#_changedAt = :changedAt';
  return `#_hash = :hash AND ${isUnchanged} AND attribute_not_exists(#_deletedAt)`;
}

function valuesFor({ hash, changedAt }: UnseenItem) {
  return { ':hash': hash, ':changedAt': changedAt };
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html */
function updateBody(
  tableName: string,
  id: string,
  update: string,
  condition: string,
  values: Readonly<Record<string, string | number | undefined>>,
): string {
  return JSON.stringify({
    ...keyed(tableName, id),
    UpdateExpression: update,
    ConditionExpression: condition,
    ...referencesOf([update, condition], values),
  });
}

function keyed(tableName: string, id: string) {
  return { TableName: tableName, Key: { _id: { S: id } } };
}
