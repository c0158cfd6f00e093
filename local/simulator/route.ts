import type { ApiCall } from './api-call.ts';
import type { ApiReply } from './api-reply.ts';
import type { Listing } from './listing.ts';
import type { PendingWrite } from './pending-write.ts';

/** The access that a route requires. */
export interface Access {
  /** One of these scopes is enough. */
  readonly scopes: readonly string[];
  /** `relation` for `application/vnd.procurios.relation+json`; undefined if no vendor type is documented. */
  readonly type?: string;
  /** Served versions. The answer has the first. */
  readonly versions?: readonly number[];
  /** Suffix of the media type, after `+`. @default json */
  readonly suffix?: string;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The route's path. Parameters are written `{name}`, and each is one segment. */
  readonly path: string;
  /** Undefined if the route requires no token. */
  readonly access?: Access;
  readonly handle: (call: ApiCall) => ApiReply | Listing | PendingWrite;
}

/** A route, and its parameters in a path. */
export interface Match {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Returns the name by which requests are counted and faults are planned: `GET /l/relation_list_api/collection/{id}`. */
export function patternOf(route: Route): string {
  return `${route.method} ${route.path}`;
}

/** Finds the route of a request. A route without parameters takes precedence over one with parameters. */
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
