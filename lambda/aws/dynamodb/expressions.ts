import { toAttributes } from '../state/row-values.ts';

/** The values that expressions refer to: `{ ':fence': 3 }`. */
export type Values = Readonly<Record<string, unknown>>;

/** What the `#names` and the `:values` in expressions stand for. DynamoDB refuses an empty list of either. */
export function referencesOf(expressions: readonly (string | undefined)[], values: Values | undefined) {
  const names = [...expressions.join(' ').matchAll(/#(\w+)/g)];
  return {
    ...(names.length > 0 && { ExpressionAttributeNames: Object.fromEntries(names) }),
    ...(values !== undefined && { ExpressionAttributeValues: toAttributes(values) }),
  };
}
