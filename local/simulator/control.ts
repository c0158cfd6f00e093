import type { Fields } from './data/object-set.ts';
import type { Fault, FaultPlan } from './faults/fault-plan.ts';
import { type Switches, setSwitches } from './switches.ts';
import type { ClientCredentials, Tokens } from './tokens.ts';
import { OBJECT_KINDS, type ObjectKind, type World } from './world.ts';
import type { AppliedWrite } from './write-history.ts';

/** Changes and inspects the environment while it runs. Also served as JSON under `/_simulator/`. */
export interface Control {
  /** Number of requests since the start or the last reset, by route: `POST /l/oauth2/token`. */
  requests(): Record<string, number>;
  resetRequests(): void;
  /** All writes that took effect since the start or the last reset, in order, also if their replies were lost. */
  applied(): readonly AppliedWrite[];
  resetApplied(): void;
  fault(fault: Fault): void;
  clearFaults(): void;
  /**
   * Adds a generated object at the end of its listing. The given fields replace the generated ones.
   *
   * @returns The object's number in the control interface, which is independent of its fields.
   */
  create(kind: ObjectKind, fields?: Fields): number;
  /** Returns the object's fields; undefined if it does not exist. */
  get(kind: ObjectKind, id: number): Fields | undefined;
  /** Sets fields. A field set to undefined is left out of answers. Fields of relations have their readable names. */
  edit(kind: ObjectKind, id: number, fields: Fields): void;
  remove(kind: ObjectKind, id: number): void;
  /** Moves a relation from the collections to the archive. */
  archive(relationId: number, reason?: string): void;
  /** Archives a relation as merged into another, which stays. */
  merge(relationId: number, keptRelationId: number): void;
  /** Makes all issued tokens unknown. */
  revokeTokens(): void;
  /** Makes all issued tokens expired. */
  expireTokens(): void;
  /** Changes the credentials that the token endpoint accepts. Issued tokens stay valid. */
  setCredentials(credentials: Partial<ClientCredentials>): void;
  switches(changes: Partial<Switches>): void;
}

/** Number of requests by route. */
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
    throw new TypeError(`unknown kind of object; known are ${OBJECT_KINDS.join(', ')}`);
  }
  return kind;
}
