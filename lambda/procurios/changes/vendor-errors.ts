import { ExactNumber, isObject, type Json } from '../../core/json.ts';
import { printable } from '../../core/plain-text.ts';
import { deniedSuccessIn, ERROR_FIELDS } from '../http/reported-error.ts';

const MOST_TEXTS = 50;
const LONGEST_TEXT = 500;
/** The deepest nesting of lists and maps that is read. */
const DEEPEST = 8;

/**
 * The errors that an answer reports: `{"errors": ["…"]}`, `{"errors": "…"}` or a map of fields, `{"errors": {"name": ["…"]}}`,
 * whose texts begin with the field; the same under `error`; `{"success": false}`; or a list of results that report such errors.
 * They are cut by {@link bounded}.
 *
 * @returns At least one text if errors are reported. A map of fields without a text or a list entry reports none.
 * @see https://api.procurios.com/api_documentation/engagement/engagement
 */
export function errorsIn(answer: Json | undefined): string[] {
  return bounded(Array.isArray(answer) ? answer.values().flatMap(reportedIn) : reportedIn(answer));
}

/** Whether an answer is a list of results of which some report errors and others do not. */
export function isMixedList(answer: Json | undefined): boolean {
  if (!Array.isArray(answer)) return false;
  const isFailed = new Set(answer.map((result) => !reportedIn(result).next().done));
  return isFailed.size === 2;
}

function* reportedIn(result: Json | undefined): Generator<string, void, undefined> {
  if (!isObject(result)) return;
  for (const name of ERROR_FIELDS) {
    if (Object.hasOwn(result, name)) yield* textsIn(result[name], '', 0);
  }
  const denied = deniedSuccessIn(result);
  if (denied !== undefined) yield denied;
}

/** The first 50 texts, each cut to 500 characters that can be shown. */
export function bounded(texts: Iterable<string>): string[] {
  return Iterator.from(texts)
    .take(MOST_TEXTS)
    .map((text) => printable(text.slice(0, LONGEST_TEXT)).toWellFormed())
    .toArray();
}

/** Empty texts, `null`, `false`, 0 and empty lists are no errors, but a list that has an entry reports one. */
function* textsIn(value: Json | undefined, field: string, depth: number): Generator<string, void, undefined> {
  if (!value) return;
  const prefix = field === '' ? '' : `${field}: `;
  if (value instanceof ExactNumber || typeof value !== 'object') {
    yield `${prefix}${value instanceof ExactNumber ? value.text : value}`;
  } else if (depth === DEEPEST) {
    yield `${prefix}…`;
  } else if (isObject(value)) {
    for (const [name, part] of Object.entries(value)) {
      yield* textsIn(part, field === '' ? name : `${field}.${name}`, depth + 1);
    }
  } else {
    const parts = value as readonly Json[];
    const texts = parts.values().flatMap((part) => textsIn(part, field, depth + 1));
    const first = texts.next();
    if (!first.done) yield first.value;
    else if (parts.length > 0) yield `${prefix}an error without a text`;
    yield* texts;
  }
}
