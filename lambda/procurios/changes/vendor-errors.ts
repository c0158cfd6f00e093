import { ExactNumber, isObject, type Json } from '../../core/json.ts';

const MOST_TEXTS = 50;
const LONGEST_TEXT = 500;
/** The deepest nesting of lists and maps that is read. */
const DEEPEST = 8;

/**
 * The texts in an answer's `errors`: `{"errors": ["…"]}`, `{"errors": "…"}` or a map of fields, `{"errors": {"name": ["…"]}}`,
 * whose texts begin with the field. They are cut by {@link bounded}.
 *
 * @see https://api.procurios.com/api_documentation/engagement/engagement
 */
export function errorsIn(answer: Json | undefined): string[] {
  if (!isObject(answer) || !Object.hasOwn(answer, 'errors')) return [];
  return bounded(textsIn(answer.errors, '', 0));
}

/** The first 50 texts, each cut to 500 characters. */
export function bounded(texts: Iterable<string>): string[] {
  return Iterator.from(texts)
    .take(MOST_TEXTS)
    .map((text) => text.slice(0, LONGEST_TEXT).toWellFormed())
    .toArray();
}

/** Empty texts, `null`, `false`, 0 and empty lists are no errors. */
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
    for (const part of value as readonly Json[]) yield* textsIn(part, field, depth + 1);
  }
}
