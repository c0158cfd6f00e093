import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import type { TableItem } from '../../core/pull/table-map.ts';
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
}

export const JUDGED_ITEM: ItemForm<JudgedItem> = {
  projection:
    '"ProjectionExpression":"#i,#h,#d,#c,#m",' +
    '"ExpressionAttributeNames":{"#i":"_id","#h":"_hash","#d":"_deletedAt","#c":"_changedAt","#m":"_mergedInto"}',
  itemsIn: (items = []) =>
    items.map(({ _id, _hash, _deletedAt, _changedAt, _mergedInto }) => ({
      id: textOf(_id) ?? '',
      hash: textOf(_hash),
      isTombstone: _deletedAt !== undefined,
      changedAt: textOf(_changedAt),
      mergedInto: textOf(_mergedInto),
    })),
};

/** The text of an attribute value; undefined if it is of another type. */
export function textOf(attribute: Json | undefined): string | undefined {
  return isObject(attribute) && typeof attribute.S === 'string' ? attribute.S : undefined;
}
