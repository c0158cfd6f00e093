import type { AddressInfo } from 'node:net';
import { createApiServer } from './api-server.ts';
import { type Control, createControl, type RequestCounts } from './control.ts';
import { countsFor } from './data/model.ts';
import { createPools } from './data/pools.ts';
import { FaultPlan } from './faults/fault-plan.ts';
import { MEMBERS_COLLECTION } from './modules/relation-collections.ts';
import { ROUTES } from './modules/routes.ts';
import { patternOf } from './route.ts';
import { DEFAULT_SWITCHES, type Switches, setSwitches } from './switches.ts';
import { SIMULATOR_CREDENTIALS, Tokens } from './tokens.ts';
import { World } from './world.ts';

export { CONTROL_HEADER } from './answer-control.ts';
export type { Control } from './control.ts';
export { describeSimulator } from './describe-simulator.ts';
export type { Fault, FaultAction } from './faults/fault-plan.ts';
export { SCOPES as SIMULATOR_SCOPES } from './modules/routes.ts';
export type { Switches } from './switches.ts';
export { SIMULATOR_CREDENTIALS } from './tokens.ts';
export type { ObjectKind } from './world.ts';
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
 * Starts a simulated Procurios environment on the loopback interface.
 *
 * @throws {TypeError} If a switch is unknown or its value has the wrong type.
 * @throws {RangeError} If the number of relations is not an integer of at least 1.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, relations = 1000, seed = 1 } = options;
  if (!Number.isInteger(relations) || relations < 1) {
    throw new RangeError(`'relations' must be a whole number from 1; got ${relations}`);
  }
  const switches = structuredClone(DEFAULT_SWITCHES) as Switches;
  setSwitches(switches, options.switches ?? {});
  const world = new World({ seed, pools: createPools(seed), counts: countsFor(relations), switches });
  const tokens = new Tokens(SIMULATOR_CREDENTIALS);
  const faults = new FaultPlan(ROUTES.map(patternOf));
  const counts: RequestCounts = new Map();
  const control = createControl(world, tokens, faults, counts);
  const server = createApiServer({ world, tokens, faults, counts, control });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    control,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}
