import { isObject, type Json, type JsonObject, stringifyJson } from '../../lambda/core/json.ts';
import { OWN_FIELDS } from '../../lambda/core/pull/prepare.ts';
import { printable, shortened } from '../../operator/words.ts';
import { type Column, tableOf } from '../terminal/table.ts';

const MOST_FIELDS = 6;
/** Fields that are kept longer than `_changedAt` where the terminal is too narrow for all columns. */
const MORE_TELLING_FIELDS = 3;
const WIDEST_CELL = 28;
const OWN: ReadonlySet<string> = new Set(OWN_FIELDS);

/**
 * Items as a table: the id, the first fields that tell items apart, and when each item was last changed or deleted.
 *
 * @param width - Columns of the terminal; undefined if there is no terminal, and any width fits.
 */
export function itemsTable(items: readonly JsonObject[], width: number | undefined): string {
  const names = new Set(items.flatMap((item) => Object.keys(item)));
  const fields = [...names].filter((name) => !OWN.has(name) && isTelling(items, name));
  const columns = fields.slice(0, MOST_FIELDS).map((name, index) => column(items, name, index));
  const changed = column(items, '_changedAt', MORE_TELLING_FIELDS - 0.5);
  const deleted = items.some((item) => item._deletedAt !== undefined) ? [column(items, '_deletedAt')] : [];
  return tableOf([column(items, '_id'), ...columns, changed, ...deleted], width);
}

/** False for a field that holds lists or maps, is empty in every item, or equals the id in every item. */
function isTelling(items: readonly JsonObject[], name: string): boolean {
  const values = items.map((item) => fieldOf(item, name));
  const isPlain = values.every((value) => !isObject(value) && !Array.isArray(value));
  const isFilled = values.some((value) => (value ?? '') !== '');
  return isPlain && isFilled && items.some((item, index) => String(values[index]) !== item._id);
}

function column(items: readonly JsonObject[], name: string, dispensable?: number): Column {
  const cells = items.map((item) => cell(fieldOf(item, name)));
  return { head: cell(name), cells, ...(dispensable !== undefined && { dispensable }) };
}

function fieldOf(item: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(item, name) ? item[name] : undefined;
}

function cell(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : stringifyJson(value);
  return shortened(printable(text).replace(/\n/g, ' '), WIDEST_CELL);
}
