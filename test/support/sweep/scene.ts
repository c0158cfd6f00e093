import { after, linkedPages } from '../../../config/catalogue/paging.ts';
import { archivedRelations, emailTracking } from '../../../config/catalogue/streams.ts';
import type { StreamInput } from '../../../config/define-config.ts';
import type { Paging } from '../../../lambda/core/pull/stream.ts';
import { type Fault, type Simulator, startSimulator } from '../../../local/simulator/simulator.ts';
import { caseOf, type PagingCase } from '../paging-kinds.ts';

/** A listing of the simulator and its size. */
export interface Scene {
  readonly kind: Paging['kind'];
  readonly objects: number;
  /** Objects on a page. */
  readonly pageSize: number;
  /** For a cursor: how many neighbours share its value at most. Absent if the cursor is the key. */
  readonly tiedBy?: number;
}

/** The revisions of a listing's objects, by key: how often each was edited. */
export type Revisions = ReadonlyMap<string, number>;

/** A listing at a moment of the simulator's record. */
export interface Snapshot {
  readonly moment: number;
  readonly revisions: Revisions;
}

/** A simulator with one listing of a scene. */
export interface Stage extends AsyncDisposable {
  readonly simulator: Simulator;
  readonly paging: PagingCase;
  readonly stream: StreamInput;
  /** Plans faults beside those that the scene is made with. */
  misbehave(faults: readonly Fault[]): void;
  /** Forgets the faults of {@link misbehave}. */
  behave(): void;
  readonly isMisbehaving: boolean;
  /** The listing as it stands. */
  record(): Snapshot;
  /** Keys of the objects that the listing has had at every moment since a snapshot, by the simulator's own record. */
  standingSince(snapshot: Snapshot): readonly string[];
  /** Edits the object at a place of the listing, from 0. */
  edit(place: number): void;
}

export async function openStage(scene: Scene): Promise<Stage> {
  const { kind, objects, pageSize, tiedBy } = scene;
  const simulator = await startSimulator({
    relations: Math.max(1, objects),
    switches: { collectionPageSize: pageSize },
  });
  const { control } = simulator;
  const paging = caseOf(kind);
  const { route, objectKind, key } = paging;
  const present = () => control.standing(objectKind);
  const keyOf = (number: number) => String(control.keyOf(objectKind, number));
  const revisionOf = (number: number) => Number(control.get(objectKind, number)?.revision ?? 0);
  for (const number of present().slice(objects)) control.remove(objectKind, number);
  for (let missing = objects - present().length; missing > 0; missing -= 1) control.create(objectKind);
  let isMisbehaving = false;
  const behave = () => {
    isMisbehaving = false;
    control.clearFaults();
    if (kind !== 'onePage') control.fault({ route, do: { kind: 'pageCap', max: pageSize } });
    if (tiedBy !== undefined) {
      control.fault({ route, do: { kind: 'ties', field: 'changed', from: key, group: tiedBy } });
    }
  };
  behave();
  return {
    simulator,
    paging,
    stream: streamOf(scene, paging.stream),
    misbehave(faults) {
      isMisbehaving = true;
      for (const fault of faults) control.fault(fault);
    },
    behave,
    get isMisbehaving() {
      return isMisbehaving;
    },
    record: () => ({
      moment: control.moment(),
      revisions: new Map(present().map((number) => [keyOf(number), revisionOf(number)])),
    }),
    standingSince: ({ moment }) => control.standing(objectKind, { from: moment }).map(keyOf),
    edit(place) {
      const there = present();
      const number = there[place % Math.max(1, there.length)];
      if (number !== undefined) control.edit(objectKind, number, { revision: revisionOf(number) + 1 });
    },
    [Symbol.asyncDispose]: () => simulator.close(),
  };
}

function streamOf({ kind, pageSize, tiedBy }: Scene, stream: StreamInput): StreamInput {
  if (kind === 'linkedPages') {
    return archivedRelations(stream.name, { paging: linkedPages({ amount: pageSize }) });
  }
  return tiedBy === undefined ? stream : emailTracking(stream.name, { paging: after('changed') });
}
