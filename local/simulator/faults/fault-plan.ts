import { answerFaults } from './answer-faults.ts';
import { checkConditions, type FaultConditions } from './fault-conditions.ts';
import type { FaultHooks } from './fault-hooks.ts';
import { listingFaults } from './listing-faults.ts';
import { replyFaults } from './reply-faults.ts';
import { transportFaults } from './transport-faults.ts';

const FAULTS = { ...replyFaults, ...listingFaults, ...answerFaults, ...transportFaults };

type FaultKind = keyof typeof FAULTS;
export const FAULT_KINDS = Object.keys(FAULTS) as FaultKind[];

type OptionsOf<Kind extends FaultKind> =
  Parameters<(typeof FAULTS)[Kind]> extends [infer Options] ? Options : unknown;

/** A fault's kind and the options of its function: `{ kind: 'status', status: 503, retryAfter: 2 }`. */
export type FaultAction = { [Kind in FaultKind]: { readonly kind: Kind } & OptionsOf<Kind> }[FaultKind];

/** A fault, and the conditions for the requests that it affects. */
export interface Fault extends FaultConditions {
  readonly do: FaultAction;
}

/** The properties of a request that conditions are matched with. */
export interface Target {
  /** The route's pattern. */
  readonly pattern: string;
  readonly path: string;
  readonly page: number;
}

interface Planned {
  readonly fault: Fault;
  readonly hooks: FaultHooks;
  seen: number;
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

  /** @throws {TypeError} If the kind of fault is unknown, or its conditions can affect no request. */
  add(fault: Fault): void {
    if (!FAULT_KINDS.includes(fault.do?.kind)) {
      throw new TypeError(`unknown fault; 'do.kind' must be one of ${FAULT_KINDS.join(', ')}`);
    }
    const { do: _action, ...conditions } = fault;
    checkConditions(conditions, this.#patterns);
    const create = FAULTS[fault.do.kind] as (options: FaultAction) => FaultHooks;
    this.#planned.push({ fault, hooks: create(fault.do), seen: 0, happened: 0 });
  }

  clear(): void {
    this.#planned = [];
  }

  /** Counts the request and returns the hooks of the faults that affect it, in the order in which they were planned. */
  next(target: Target): FaultHooks[] {
    return this.#planned.filter((planned) => this.#isDue(planned, target)).map(({ hooks }) => hooks);
  }

  #isDue(planned: Planned, target: Target): boolean {
    const {
      route,
      page = target.page,
      nth,
      from = nth ?? 1,
      times = nth ? 1 : Number.POSITIVE_INFINITY,
    } = planned.fault;
    if (page !== target.page || !this.#isFor(route, target)) {
      return false;
    }
    planned.seen += 1;
    if (planned.seen < from || planned.happened >= times) {
      return false;
    }
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
