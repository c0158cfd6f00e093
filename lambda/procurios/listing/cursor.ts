import { integerText, isObject, type Json } from '../../core/json.ts';
import { keyOf } from '../../core/pull/key.ts';

/** The most characters of a cursor, which is part of an address and of the state table's rows. */
const LONGEST_CURSOR = 2_000;

/** The cursor that an object gives; undefined for anything but an integer or a text that is neither empty nor too long. */
export function cursorIn(object: Json | undefined, field: string): string | undefined {
  const value = isObject(object) && Object.hasOwn(object, field) ? object[field] : undefined;
  const text = typeof value === 'string' ? value : integerText(value);
  return text === undefined || text === '' || text.length > LONGEST_CURSOR ? undefined : text;
}

/**
 * Whether two different objects in a row have the same cursor. What follows the cursor of a page's last object then leaves out
 * the others that share it, and no page shows whether there are any.
 */
export function sharesCursor(objects: readonly Json[], field: string, key: readonly string[]): boolean {
  if (key.length === 1 && key[0] === field) return false;
  const cursors = objects.map((object) => cursorIn(object, field));
  return cursors.some((cursor, index) => {
    if (index === 0 || cursor === undefined || cursor !== cursors[index - 1]) return false;
    return idOf(objects[index], key) !== idOf(objects[index - 1], key);
  });
}

function idOf(object: Json | undefined, key: readonly string[]): string | undefined {
  const id = isObject(object) ? keyOf(object, key) : undefined;
  return id !== undefined && 'id' in id ? id.id : undefined;
}
