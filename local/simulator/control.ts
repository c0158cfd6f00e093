import { CONDITIONS } from './faults/fault-conditions.ts';
import { describeKinds } from './faults/fault-kinds.ts';
import type { Fault, FaultPlan, PlannedFault } from './faults/fault-plan.ts';
import { createObjectControl, type ObjectControl } from './object-control.ts';
import { type Switches, setSwitches } from './switches.ts';
import type { ClientCredentials, Tokens } from './tokens.ts';
import type { WalkCounter, WalkState } from './walk-counter.ts';
import type { World } from './world.ts';
import type { AppliedWrite } from './write-history.ts';

/** Changes and inspects the environment while it runs. Also served as JSON under `/_simulator/`. */
export interface Control extends ObjectControl {
  /** Number of requests since the start or the last reset, by route: `POST /l/oauth2/token`. */
  requests(): Record<string, number>;
  resetRequests(): void;
  /** All writes that took effect since the start or the last reset, in order, also if their replies were lost. */
  applied(): readonly AppliedWrite[];
  resetApplied(): void;
  fault(fault: Fault): void;
  clearFaults(): void;
  /** The planned faults, with how often each happened. */
  faults(): PlannedFault[];
  /** What the kinds of faults, their options and their conditions must be. */
  knownFaults(): { readonly kinds: object; readonly conditions: object };
  /**
   * Announces that the next request for each listing begins a walk, for conditions that count per walk. From then on only
   * announcements begin walks; before, a request for the first page does.
   */
  beginWalk(): void;
  /** The latest walk of each path. */
  walks(): Record<string, WalkState>;
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

/** What the control interface changes and inspects. */
export interface Controlled {
  readonly world: World;
  readonly tokens: Tokens;
  readonly faults: FaultPlan;
  readonly walks: WalkCounter;
  readonly counts: RequestCounts;
}

export function createControl({ world, tokens, faults, walks, counts }: Controlled): Control {
  return {
    ...createObjectControl(world),
    requests: () => Object.fromEntries(counts),
    resetRequests: () => counts.clear(),
    applied: () => [...world.history.applied],
    resetApplied() {
      world.history.applied.length = 0;
    },
    fault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    faults: () => faults.planned(),
    knownFaults: () => ({ kinds: describeKinds(), conditions: CONDITIONS }),
    beginWalk: () => walks.begin(),
    walks: () => walks.states(),
    revokeTokens: () => tokens.revokeAll(),
    expireTokens: () => tokens.expireAll(),
    setCredentials: (credentials) => tokens.setCredentials(credentials),
    switches: (changes) => setSwitches(world.model.switches, changes),
  };
}
