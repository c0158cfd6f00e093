import { isObject, type Json, type JsonObject } from '../../core/json.ts';

/** The fields by which an answer reports errors. */
export const ERROR_FIELDS = ['errors', 'error'] as const;

/**
 * The top-level field by which an answer reports an error, whatever stands beside it: `errors` or `error` that is not empty, or
 * `success: false`.
 *
 * @returns Undefined if the answer reports none.
 */
export function reportedErrorIn(answer: Json): string | undefined {
  if (!isObject(answer)) return undefined;
  const field = ERROR_FIELDS.find((name) => Object.hasOwn(answer, name) && !isEmptyValue(answer[name]));
  return field ?? deniedSuccessIn(answer);
}

/** `success: false`, if an answer says so; undefined if it does not. */
export function deniedSuccessIn(answer: JsonObject): string | undefined {
  return Object.hasOwn(answer, 'success') && answer.success === false ? 'success: false' : undefined;
}

/** Whether a value is one that PHP writes for nothing: `null`, `false`, 0, or an empty text, list or map. */
export function isEmptyValue(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) ? Object.keys(value).length === 0 : !value;
}
