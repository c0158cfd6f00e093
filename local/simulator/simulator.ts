import type { AddressInfo } from 'node:net';
import { type ApiRequest, answerRequest } from './answer-request.ts';
import type { EncodedReply } from './api-reply.ts';
import { createApiServer, type SimulatedEnvironment } from './api-server.ts';
import { type Control, createControl } from './control.ts';
import { countsFor } from './data/model.ts';
import { createPools } from './data/pools.ts';
import { Timeline } from './data/timeline.ts';
import { type Fault, FaultPlan } from './faults/fault-plan.ts';
import { MEMBERS_COLLECTION } from './modules/relation-collections.ts';
import { ROUTES } from './modules/routes.ts';
import { patternOf } from './route.ts';
import { DEFAULT_SWITCHES, type Switches, setSwitches } from './switches.ts';
import { SIMULATOR_CREDENTIALS, Tokens } from './tokens.ts';
import { WalkCounter } from './walk-counter.ts';
import { World } from './world.ts';

export { CONTROL_HEADER } from './answer-control.ts';
export type { Control } from './control.ts';
export type { Absence, ObjectChange, Period } from './data/presence.ts';
export { describeSimulator } from './describe-simulator.ts';
export type { FaultAction } from './faults/fault-kinds.ts';
export type { Fault } from './faults/fault-plan.ts';
export type { Selection } from './faults/selection.ts';
export { SCOPES as SIMULATOR_SCOPES } from './modules/routes.ts';
export type { ObjectKind } from './object-kinds.ts';
export type { Switches } from './switches.ts';
export { SIMULATOR_CREDENTIALS } from './tokens.ts';
export type { AppliedWrite } from './write-history.ts';

/** The collection with every relation. */
export const SIMULATOR_COLLECTION = MEMBERS_COLLECTION;

export interface SimulatorOptions {
  /** @default 0 - any free port */
  readonly port?: number;
  /** Number of relations, at least 1. The numbers of other objects are in proportion. @default 1000 */
  readonly relations?: number;
  /** Seed of the generated objects. @default 1 */
  readonly seed?: number;
  /** Switches that differ from their defaults. */
  readonly switches?: Partial<Switches>;
  /** Faults that are planned at the start. */
  readonly faults?: readonly Fault[];
  /** Returns the time of changes, in milliseconds since the epoch. Tokens keep to the machine's clock. @default Date.now */
  readonly now?: () => number;
}

/** A Procurios environment without a server. */
export interface Environment {
  readonly control: Control;
  /**
   * Answers a request in this process.
   *
   * @returns Undefined if a fault cuts the answer, stalls it or takes it away.
   */
  ask(request: ApiRequest): Promise<EncodedReply | undefined>;
}

/** A running Procurios environment. */
export interface Simulator {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly control: Control;
  /** Stops the server and closes all connections, also stalled ones. */
  close(): Promise<void>;
}

/**
 * Creates a simulated Procurios environment without a server, for many requests in little time.
 *
 * @param options - The port has no effect.
 * @throws As {@link startSimulator}.
 */
export function createEnvironment(options: SimulatorOptions = {}): Environment {
  const environment = create(options);
  return {
    control: environment.control,
    async ask(request) {
      const { reply, send } = await answerRequest(environment, request);
      return send === undefined ? reply : undefined;
    },
  };
}

/**
 * Starts a simulated Procurios environment on the loopback interface.
 *
 * @throws {TypeError} If a switch is unknown or its value has the wrong type, or a fault is wrong.
 * @throws {RangeError} If the number of relations is not an integer of at least 1.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0 } = options;
  const environment = create(options);
  const server = createApiServer(environment);

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    control: environment.control,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

function create(options: SimulatorOptions): SimulatedEnvironment {
  const { relations = 1000, seed = 1, now = Date.now } = options;
  if (!Number.isInteger(relations) || relations < 1) {
    throw new RangeError(`'relations' must be a whole number from 1; got ${relations}`);
  }
  const switches = structuredClone(DEFAULT_SWITCHES) as Switches;
  setSwitches(switches, options.switches ?? {});
  const model = { seed, pools: createPools(seed), counts: countsFor(relations), switches };
  const controlled = {
    world: new World(model, new Timeline(now)),
    tokens: new Tokens(SIMULATOR_CREDENTIALS),
    faults: new FaultPlan(ROUTES.map(patternOf)),
    walks: new WalkCounter(),
    counts: new Map<string, number>(),
  };
  const control = createControl(controlled);
  for (const fault of options.faults ?? []) control.fault(fault);
  return { ...controlled, control };
}
