import type { TokenAccess } from '../tokens.ts';
import type { WalkPlace } from '../walk-counter.ts';
import { checkConditions, type FaultConditions } from './fault-conditions.ts';
import type { FaultHooks } from './fault-hooks.ts';
import { createHooks, type FaultAction } from './fault-kinds.ts';

/** A fault, and the conditions for the requests that it affects. */
export interface Fault extends FaultConditions {
  readonly do: FaultAction;
}

/** The properties of a request that conditions are matched with. */
export interface Target {
  /** The route's pattern. */
  readonly pattern: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly page: number;
  readonly walk: WalkPlace;
  /** Undefined if the request has no valid token. */
  readonly access: TokenAccess | undefined;
}

/** A planned fault and how often it happened. */
export interface PlannedFault {
  readonly fault: Fault;
  readonly happened: number;
}

/** Requests that met a fault's other conditions, and those that it affected. */
interface Count {
  walk: number;
  seen: number;
  happened: number;
}

interface Planned {
  readonly fault: Fault;
  readonly hooks: FaultHooks;
  /** With `perWalk` a count of each path, otherwise one under the empty text. */
  readonly counts: Map<string, Count>;
  happened: number;
}

/** Planned faults. */
export class FaultPlan {
  readonly #patterns: ReadonlySet<string>;
  #planned: Planned[] = [];

  /** @param patterns - The patterns of all routes. A fault for one of them does not affect routes that begin with it. */
  constructor(patterns: Iterable<string>) {
    this.#patterns = new Set(patterns);
  }

  /** @throws {TypeError} If the kind of fault is unknown, an option is wrong, or its conditions can affect no request. */
  add(fault: Fault): void {
    const { do: action, ...conditions } = fault;
    const hooks = createHooks(action);
    checkConditions(conditions, this.#patterns);
    this.#planned.push({ fault, hooks, counts: new Map(), happened: 0 });
  }

  clear(): void {
    this.#planned = [];
  }

  planned(): PlannedFault[] {
    return this.#planned.map(({ fault, happened }) => ({ fault, happened }));
  }

  /** Counts the request and returns the hooks of the faults that affect it, in the order in which they were planned. */
  next(target: Target): FaultHooks[] {
    return this.#planned.filter((planned) => this.#isDue(planned, target)).map(({ hooks }) => hooks);
  }

  #isDue(planned: Planned, target: Target): boolean {
    const { fault } = planned;
    if (!this.#isFor(fault.route, target) || !isMet(fault, target)) {
      return false;
    }
    const { nth, from = nth ?? 1, times = nth ? 1 : Number.POSITIVE_INFINITY } = fault;
    const count = countOf(planned, target);
    count.seen += 1;
    if (count.seen < from || count.happened >= times) {
      return false;
    }
    count.happened += 1;
    planned.happened += 1;
    return true;
  }

  #isFor(route: string | undefined, { pattern, path }: Target): boolean {
    if (route === undefined) {
      return true;
    }
    const [method] = pattern.split(' ');
    const spelled = [pattern, `${method} ${path}`, path];
    return this.#patterns.has(route) ? route === pattern : spelled.some((text) => text.startsWith(route));
  }
}

/** Whether a request meets the conditions that neither name its route nor count requests. */
function isMet(fault: FaultConditions, { page, query, walk, access }: Target): boolean {
  const { fromShare = 0, toShare = Number.POSITIVE_INFINITY, user, withoutScope } = fault;
  const [name = '', value] = fault.query?.split('=') ?? [];
  return (
    page === (fault.page ?? page) &&
    (fault.query === undefined || query.getAll(name).includes(value ?? '')) &&
    (user === undefined || access?.user === user) &&
    (withoutScope === undefined || access?.scopes.has(withoutScope) === false) &&
    walk.share >= fromShare &&
    walk.share < toShare
  );
}

function countOf({ fault, counts }: Planned, { path, walk: { walk } }: Target): Count {
  const place = fault.perWalk ? path : '';
  const known = counts.get(place);
  if (known !== undefined && (!fault.perWalk || known.walk === walk)) {
    return known;
  }
  const count = { walk, seen: 0, happened: 0 };
  counts.set(place, count);
  return count;
}
