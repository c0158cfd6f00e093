import type { Fields } from './data/object-set.ts';
import type { Fault, FaultPlan } from './faults/fault-plan.ts';
import { type Switches, setSwitches } from './switches.ts';
import type { ClientCredentials, Tokens } from './tokens.ts';
import { OBJECT_KINDS, type ObjectKind, type World } from './world.ts';
import type { AppliedWrite } from './write-history.ts';

/** What is done to the environment from outside, while it runs. Also served as JSON under `/_simulator/`. */
export interface Control {
  /** How many requests there were since the start or the last reset, by route: `POST /l/oauth2/token`. */
  requests(): Record<string, number>;
  resetRequests(): void;
  /** Every write that was applied since the start or the last reset, in that order: also where its reply was lost. */
  applied(): readonly AppliedWrite[];
  resetApplied(): void;
  fault(fault: Fault): void;
  clearFaults(): void;
  /**
   * Adds a believable object at the end of its listing, with these fields in place of its own.
   *
   * @returns The number by which the control interface knows it, whatever its fields say.
   */
  create(kind: ObjectKind, fields?: Fields): number;
  /** The object's fields; undefined when it is gone. */
  get(kind: ObjectKind, id: number): Fields | undefined;
  /** Sets fields; one set to undefined is left out. Relations go by their readable names. */
  edit(kind: ObjectKind, id: number, fields: Fields): void;
  remove(kind: ObjectKind, id: number): void;
  /** Takes a relation out of the collections and enters it in the archive. */
  archive(relationId: number, reason?: string): void;
  /** Archives a relation in favour of another that stays. */
  merge(relationId: number, keptRelationId: number): void;
  /** Tokens given so far are unknown from now on. */
  revokeTokens(): void;
  /** Tokens given so far have run out. */
  expireTokens(): void;
  /** Changes what the token endpoint accepts. Tokens given so far stay good. */
  setCredentials(credentials: Partial<ClientCredentials>): void;
  switches(changes: Partial<Switches>): void;
}

/** Counts requests by route. */
export type RequestCounts = Map<string, number>;

export function createControl(
  world: World,
  tokens: Tokens,
  faults: FaultPlan,
  counts: RequestCounts,
): Control {
  return {
    requests: () => Object.fromEntries(counts),
    resetRequests: () => counts.clear(),
    applied: () => [...world.history.applied],
    resetApplied() {
      world.history.applied.length = 0;
    },
    fault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    create: (kind, fields) => world.create(checked(kind), fields),
    get: (kind, id) => world.get(checked(kind), id),
    edit: (kind, id, fields) => world.edit(checked(kind), id, fields),
    remove: (kind, id) => world.remove(checked(kind), id),
    archive: (relationId, reason) => world.archive(relationId, reason),
    merge: (relationId, keptRelationId) => world.merge(relationId, keptRelationId),
    revokeTokens: () => tokens.revokeAll(),
    expireTokens: () => tokens.expireAll(),
    setCredentials: (credentials) => tokens.setCredentials(credentials),
    switches: (changes) => setSwitches(world.model.switches, changes),
  };
}

function checked(kind: ObjectKind): ObjectKind {
  if (!OBJECT_KINDS.includes(kind)) {
    throw new TypeError(`there is no such kind of object; there are ${OBJECT_KINDS.join(', ')}`);
  }
  return kind;
}
