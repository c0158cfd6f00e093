import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import { keyOf } from '../../core/pull/key.ts';
import type { TableItem } from '../../core/pull/table-map.ts';
import { fromAttribute } from './attribute-values.ts';
import type { UntilDone } from './until-done.ts';

/** What a table is read with. */
export interface TableAccess {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly untilDone: UntilDone;
}

/** What is read of each item. */
export interface ItemForm<Item> {
  /** The request's projection. In an expression, a name that begins with an underscore needs a placeholder. */
  readonly projection: string;
  /** The items in an answer. Their attributes may be of any type if another program wrote them. */
  itemsIn(items?: readonly JsonObject[]): Item[];
}

/** What a walk compares with. */
export const TABLE_ITEM: ItemForm<TableItem> = {
  projection:
    '"ProjectionExpression":"#i,#h,#d","ExpressionAttributeNames":{"#i":"_id","#h":"_hash","#d":"_deletedAt"}',
  itemsIn: (items = []) =>
    items.map(({ _id, _hash, _deletedAt }) => ({
      id: textOf(_id) ?? '',
      hash: textOf(_hash),
      isTombstone: _deletedAt !== undefined,
    })),
};

/** An item as deletes judge it. */
export interface JudgedItem extends TableItem {
  readonly changedAt: string | undefined;
  readonly mergedInto: string | undefined;
  /** The key that the archive may have for its object; undefined if the item's field for it has no value that can be a key. */
  readonly archiveKey: string | undefined;
}

/**
 * What deletes judge.
 *
 * @param archiveField - The field with the archive's key; undefined if that is the item's own key.
 */
export function judgedItem(archiveField: string | undefined): ItemForm<JudgedItem> {
  const paths = archiveField === undefined ? '' : ',#a';
  const names = archiveField === undefined ? '' : `,"#a":${JSON.stringify(archiveField)}`;
  return {
    projection:
      `"ProjectionExpression":"#i,#h,#d,#c,#m${paths}",` +
      `"ExpressionAttributeNames":{"#i":"_id","#h":"_hash","#d":"_deletedAt","#c":"_changedAt","#m":"_mergedInto"${names}}`,
    itemsIn: (items = []) =>
      items.map(({ _id, _hash, _deletedAt, _changedAt, _mergedInto, ...others }) => ({
        id: textOf(_id) ?? '',
        hash: textOf(_hash),
        isTombstone: _deletedAt !== undefined,
        changedAt: textOf(_changedAt),
        mergedInto: textOf(_mergedInto),
        archiveKey: archiveField === undefined ? textOf(_id) : keyIn(others[archiveField]),
      })),
  };
}

/** The `_id` of the object whose key an attribute holds; undefined if its value is neither a text nor a number that can be a key. */
export function keyIn(attribute: Json | undefined): string | undefined {
  const isScalar = isObject(attribute) && ('S' in attribute || 'N' in attribute);
  if (!isScalar) return undefined;
  const key = keyOf({ id: fromAttribute(attribute) }, ['id']);
  return 'reason' in key ? undefined : key.id;
}

/** The text of an attribute value; undefined if it is of another type. */
export function textOf(attribute: Json | undefined): string | undefined {
  return isObject(attribute) && typeof attribute.S === 'string' ? attribute.S : undefined;
}
