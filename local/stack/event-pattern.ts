import { TemplateError } from './template.ts';

/** An event pattern: for each field the allowed values, or a nested pattern. */
export type EventPattern = Readonly<Record<string, unknown>>;

/** Matches a field's value, which is undefined if the event does not have the field. */
type Test = (value: unknown) => boolean;

/**
 * Compiles an event pattern of EventBridge: values, `prefix`, `anything-but` with values, and `exists`.
 *
 * @param place - The pattern's path in the template.
 * @returns A predicate for events.
 * @throws {TemplateError} If the pattern is invalid or has a filter that is not supported on this machine.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export function compilePattern(pattern: EventPattern, place: readonly string[]): Test {
  const fields = Object.entries(pattern).map(([name, value]) => {
    const own = [...place, name];
    if (Array.isArray(value)) return [name, anyOf(value.map((each) => compileFilter(each, own)))] as const;
    if (typeof value === 'object' && value !== null) {
      return [name, compilePattern(value as EventPattern, own)] as const;
    }
    throw new TemplateError(own, 'is neither a list of values nor a pattern');
  });
  return (event) => {
    const members = typeof event === 'object' && event !== null ? (event as EventPattern) : {};
    return fields.every(([name, test]) => test(Object.hasOwn(members, name) ? members[name] : undefined));
  };
}

/** A list matches if any of its values does. */
function anyOf(tests: readonly Test[]): Test {
  return (value) => {
    const values = Array.isArray(value) ? value : [value];
    return values.some((each) => tests.some((test) => test(each)));
  };
}

function compileFilter(filter: unknown, place: readonly string[]): Test {
  if (typeof filter !== 'object' || filter === null) return (value) => value === filter;
  const [name = '', argument] = Object.entries(filter)[0] ?? [];
  switch (name) {
    case 'prefix':
      return (value) => typeof value === 'string' && value.startsWith(String(argument));
    case 'exists':
      return (value) => (value !== undefined) === argument;
    case 'anything-but': {
      const refused: unknown[] = Array.isArray(argument) ? argument : [argument];
      return (value) => value !== undefined && !refused.includes(value);
    }
    default:
      throw new TemplateError([...place, name], 'is a filter that is not supported on this machine');
  }
}
