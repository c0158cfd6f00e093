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
  /** The simulator's own record of the listing as it stands. */
  record(): Revisions;
  /** Edits the object at a place of the listing, from 0. */
  edit(place: number): void;
}

/** More objects than the simulator generates of any kind that is in a scene. */
const MOST_GENERATED = 300;
/** More objects than a history adds. */
const MOST_ADDED = 20;

export async function openStage(scene: Scene): Promise<Stage> {
  const { kind, objects, pageSize, tiedBy } = scene;
  const simulator = await startSimulator({
    relations: Math.max(1, objects),
    switches: { collectionPageSize: pageSize },
  });
  const { control } = simulator;
  const paging = caseOf(kind);
  const { route, objectKind, key } = paging;
  const existing = (numbers: readonly number[]) =>
    numbers.filter((number) => control.get(objectKind, number) !== undefined);
  const generated = existing(numbersFrom(1, MOST_GENERATED));
  for (const number of generated.slice(objects)) control.remove(objectKind, number);
  const kept = generated.slice(0, objects);
  const possible = [...kept, ...numbersFrom(generated.length + 1, objects - kept.length + MOST_ADDED)];
  for (let missing = objects - kept.length; missing > 0; missing -= 1) control.create(objectKind);
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
    record: () =>
      new Map(
        existing(possible).map((number) => {
          const object = control.get(objectKind, number);
          return [String(object?.[key]), Number(object?.revision ?? 0)];
        }),
      ),
    edit(place) {
      const there = existing(possible);
      const number = there[place % Math.max(1, there.length)];
      if (number === undefined) return;
      const revision = Number(control.get(objectKind, number)?.revision ?? 0);
      control.edit(objectKind, number, { revision: revision + 1 });
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

function numbersFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
