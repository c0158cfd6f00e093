import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import type { TableItem } from '../../core/pull/table-map.ts';

/** What a {@link TableItem} is read from. In an expression, a name that begins with an underscore needs a placeholder. */
export const ITEM_PROJECTION =
  '"ProjectionExpression":"#i,#h,#d","ExpressionAttributeNames":{"#i":"_id","#h":"_hash","#d":"_deletedAt"}';

/** The items in an answer. Their attributes may be of any type if another program wrote them. */
export function itemsIn(items: readonly JsonObject[] = []): TableItem[] {
  return items.map(({ _id, _hash, _deletedAt }) => ({
    id: textOf(_id) ?? '',
    hash: textOf(_hash),
    isTombstone: _deletedAt !== undefined,
  }));
}

/** The text of an attribute value; undefined if it is of another type. */
export function textOf(attribute: Json | undefined): string | undefined {
  return isObject(attribute) && typeof attribute.S === 'string' ? attribute.S : undefined;
}
