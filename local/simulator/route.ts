import type { ApiCall } from './api-call.ts';
import type { ApiReply } from './api-reply.ts';
import type { Listing } from './listing.ts';
import type { PendingWrite } from './pending-write.ts';

/** What a caller needs for a route. */
export interface Access {
  /** Any one of these will do. */
  readonly scopes: readonly string[];
  /** `relation` for `application/vnd.procurios.relation+json`; absent: no vendor type is listed. */
  readonly type?: string;
  /** Versions served; the first is the answer's. */
  readonly versions?: readonly number[];
  /** What follows the `+` of the type: `json` if left out. */
  readonly suffix?: string;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With parameters as `{name}`, each one segment of the path. */
  readonly path: string;
  /** Absent: no token is needed. */
  readonly access?: Access;
  readonly handle: (call: ApiCall) => ApiReply | Listing | PendingWrite;
}

/** A route and the parameters that a path gives it. */
export interface Match {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
}

/** `GET /l/relation_list_api/collection/{id}`: how requests are counted and faults are aimed. */
export function patternOf(route: Route): string {
  return `${route.method} ${route.path}`;
}

/** Finds the route of a request; one with the path spelled out wins from one with a parameter there. */
export function findRoute(routes: readonly Route[], method: string, path: string): Match | undefined {
  const matches = routes.flatMap((route) => {
    const parameters = route.method === method ? matchPath(route.path, path) : undefined;
    return parameters === undefined ? [] : [{ route, parameters }];
  });
  return matches.toSorted((one, other) => parameterCount(one) - parameterCount(other))[0];
}

function parameterCount({ parameters }: Match): number {
  return Object.keys(parameters).length;
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) {
    return undefined;
  }
  const parameters: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? '';
    if (segment.startsWith('{') && value !== '') {
      parameters[segment.slice(1, -1)] = value;
    } else if (segment !== value) {
      return undefined;
    }
  }
  return parameters;
}
