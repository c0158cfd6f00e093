/**
 * The conditions for the requests that a fault affects. `nth`, `from` and `times` count the requests that meet all the others, since
 * the fault was planned or, with `perWalk`, in each walk of a path.
 */
export interface FaultConditions {
  /** A route's pattern, or the beginning of a pattern or path; every request if undefined. */
  readonly route?: string;
  /** Only requests for this page. A request without `page` is for page 1. */
  readonly page?: number;
  /** Only requests with this parameter: `search=ledenvergadering`. */
  readonly query?: string;
  /** Only requests with a token of this user, the number of a relation. */
  readonly user?: number;
  /** Only requests with a token that lacks this scope. */
  readonly withoutScope?: string;
  /** Only requests before which at least this share of their walk's pages was requested, 0 to 1. */
  readonly fromShare?: number;
  /** Only requests before which less than this share of their walk's pages was requested, 0 to 1. */
  readonly toShare?: number;
  /** Only the n-th such request, from 1. */
  readonly nth?: number;
  /** The first such request that is affected, from 1. @default 1 */
  readonly from?: number;
  /** The largest number of affected requests. @default - No limit. */
  readonly times?: number;
  /** Whether requests are counted anew in each walk. @default false */
  readonly perWalk?: boolean;
}

interface Check {
  readonly isGood: (value: unknown, patterns: ReadonlySet<string>) => boolean;
  readonly expected: string;
}

const COUNT: Check = {
  isGood: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
  expected: 'a whole number from 1',
};
const SHARE: Check = {
  isGood: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  expected: 'a share from 0 to 1',
};

const CHECKS: Readonly<Record<keyof FaultConditions, Check>> = {
  route: {
    isGood: (value, patterns) => [...patterns].some((pattern) => canBegin(value, pattern)),
    expected: 'a route',
  },
  page: COUNT,
  query: { isGood: (value) => /^[^=&]+=[^&]*$/.test(String(value)), expected: 'a parameter, NAME=VALUE' },
  user: COUNT,
  withoutScope: { isGood: (value) => typeof value === 'string' && value !== '', expected: 'a scope' },
  fromShare: SHARE,
  toShare: SHARE,
  nth: COUNT,
  from: COUNT,
  times: COUNT,
  perWalk: { isGood: (value) => typeof value === 'boolean', expected: 'true or false' },
};

/** What each condition must be, for readers. */
export const CONDITIONS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(CHECKS).map(([name, { expected }]) => [name, expected]),
);

/**
 * Checks the conditions of a fault, so that none is planned that can affect no request.
 *
 * @param patterns - The patterns of all routes.
 * @throws {TypeError} If a condition is unknown or has a wrong value.
 */
export function checkConditions(conditions: FaultConditions, patterns: ReadonlySet<string>): void {
  for (const [name, value] of Object.entries(conditions)) {
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name as keyof FaultConditions] : undefined;
    if (check === undefined) {
      throw new TypeError(
        `'${name}' is not a field of a fault; known are ${Object.keys(CHECKS).join(', ')}, do`,
      );
    }
    if (value !== undefined && !check.isGood(value, patterns)) {
      throw new TypeError(
        name === 'route' ? noRoute(patterns) : `'${name}' of a fault must be ${check.expected}`,
      );
    }
  }
  const { fromShare = 0, toShare } = conditions;
  if (toShare !== undefined && toShare <= fromShare) {
    throw new TypeError("'toShare' of a fault must be more than 'fromShare'");
  }
}

function noRoute(patterns: ReadonlySet<string>): string {
  return `'route' of the fault is no route; known are these and their beginnings, also with numbers in place of {…}: ${[...patterns].join(', ')}`;
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
