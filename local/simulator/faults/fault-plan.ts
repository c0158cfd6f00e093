import type { FaultHooks } from './fault-hooks.ts';
import { listingFaults } from './listing-faults.ts';
import { replyFaults } from './reply-faults.ts';
import { transportFaults } from './transport-faults.ts';

const FAULTS = { ...replyFaults, ...listingFaults, ...transportFaults };

type FaultKind = keyof typeof FAULTS;
export const FAULT_KINDS = Object.keys(FAULTS) as FaultKind[];

type OptionsOf<Kind extends FaultKind> =
  Parameters<(typeof FAULTS)[Kind]> extends [infer Options] ? Options : unknown;

/** What goes wrong: `{ kind: 'status', status: 503, retryAfter: 2 }`. The options are those of the fault's function. */
export type FaultAction = { [Kind in FaultKind]: { readonly kind: Kind } & OptionsOf<Kind> }[FaultKind];

/** Something that goes wrong, and with which requests. All conditions must hold; requests that meet them are counted. */
export interface Fault {
  /** A route as it is counted, or the beginning of one or of a path; absent: every request. */
  readonly route?: string;
  /** Only requests for this page; one without `page` is for page 1. */
  readonly page?: number;
  /** Only the n-th such request from now on, from 1. */
  readonly nth?: number;
  /** The first such request from now on that it happens to, from 1. @default 1 */
  readonly from?: number;
  /** How often it happens at most. @default for ever */
  readonly times?: number;
  readonly do: FaultAction;
}

/** What a request is matched on. */
export interface Target {
  /** As counted. */
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

/** The faults that are to happen. */
export class FaultPlan {
  readonly #patterns: ReadonlySet<string>;
  #planned: Planned[] = [];

  /** @param patterns - Those of all routes, so that one is told from the beginning of another. */
  constructor(patterns: Iterable<string>) {
    this.#patterns = new Set(patterns);
  }

  /** @throws {TypeError} If there is no such kind of fault. */
  add(fault: Fault): void {
    if (!FAULT_KINDS.includes(fault.do?.kind)) {
      throw new TypeError(`there is no such fault; 'do.kind' is one of ${FAULT_KINDS.join(', ')}`);
    }
    const create = FAULTS[fault.do.kind] as (options: FaultAction) => FaultHooks;
    this.#planned.push({ fault, hooks: create(fault.do), seen: 0, happened: 0 });
  }

  clear(): void {
    this.#planned = [];
  }

  /** Counts the request, and gives what is to happen to it, in the order in which it was planned. */
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
