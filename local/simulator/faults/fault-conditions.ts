/** The conditions for the requests that a fault affects. `nth`, `from` and `times` count the requests that meet the others. */
export interface FaultConditions {
  /** A route's pattern, or the beginning of a pattern or path; every request if undefined. */
  readonly route?: string;
  /** Only requests for this page. A request without `page` is for page 1. */
  readonly page?: number;
  /** Only the n-th such request, from 1. */
  readonly nth?: number;
  /** The first such request that is affected, from 1. @default 1 */
  readonly from?: number;
  /** The largest number of affected requests. @default - No limit. */
  readonly times?: number;
}

const FIELDS: ReadonlySet<string> = new Set<keyof FaultConditions>(['route', 'page', 'nth', 'from', 'times']);

/**
 * Checks the conditions of a fault, so that none is planned that can affect no request.
 *
 * @param patterns - The patterns of all routes.
 * @throws {TypeError} If a field is unknown, is not a whole number from 1, or `route` is no route's pattern, nor the beginning of
 * one or of a path of one.
 */
export function checkConditions(conditions: FaultConditions, patterns: ReadonlySet<string>): void {
  const { route, ...numbers } = conditions;
  for (const [name, value] of Object.entries(numbers)) {
    if (!FIELDS.has(name)) {
      throw new TypeError(`'${name}' is not a field of a fault; known are ${[...FIELDS].join(', ')}, do`);
    }
    if (value !== undefined && !(Number.isSafeInteger(value) && Number(value) >= 1)) {
      throw new TypeError(`'${name}' of a fault must be a whole number from 1`);
    }
  }
  if (route !== undefined && ![...patterns].some((pattern) => canBegin(route, pattern))) {
    throw new TypeError(
      `'route' of the fault is no route; known are these and their beginnings, also with numbers in place of {…}: ${[...patterns].join(', ')}`,
    );
  }
}

/** Whether a text is the beginning of a route's pattern, or of a path or of a method and path that the route serves. */
function canBegin(text: unknown, pattern: string): boolean {
  if (typeof text !== 'string') {
    return false;
  }
  const path = pattern.slice(pattern.indexOf(' ') + 1);
  return isPrefix(text, pattern) || isPrefix(text, path);
}

function isPrefix(text: string, pattern: string): boolean {
  const given = text.split('/');
  const last = given.length - 1;
  const wanted = pattern.split('/');
  return given.every((segment, index) => {
    const expected = wanted[index];
    if (expected === undefined || expected.startsWith('{')) {
      return expected !== undefined && !segment.includes('?');
    }
    return index === last ? expected.startsWith(segment) : expected === segment;
  });
}
