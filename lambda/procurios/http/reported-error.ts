import { isObject, type Json } from '../../core/json.ts';

/** The top-level fields by which an answer with status 200 reports an error. */
const ERROR_FIELDS = ['errors', 'error'] as const;

/**
 * The top-level field by which an answer reports an error, whatever stands beside it: `errors` or `error` that is not empty, or
 * `success: false`.
 *
 * @returns Undefined if the answer reports none.
 */
export function reportedErrorIn(answer: Json): string | undefined {
  if (!isObject(answer)) return undefined;
  const field = ERROR_FIELDS.find((name) => Object.hasOwn(answer, name) && !isEmpty(answer[name]));
  if (field !== undefined) return field;
  return Object.hasOwn(answer, 'success') && answer.success === false ? 'success: false' : undefined;
}

/** Whether a field says that there is no error: `null`, `false`, 0, or an empty text, list or map. */
function isEmpty(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) ? Object.keys(value).length === 0 : !value;
}
