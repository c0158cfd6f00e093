import { createAbsenceStore } from '../../lambda/aws/state/absence-store.ts';
import { readWalkRecord } from '../../lambda/aws/state/walk-store.ts';
import { reject as keep, release as letGo } from '../../lambda/core/deletes/approval.ts';
import type { Held, Known } from '../../lambda/core/deletes/evidence.ts';
import type { Stream } from '../../lambda/core/pull/stream.ts';
import { systemClock } from '../../lambda/runtime/clock.ts';
import { findStream } from '../config.ts';
import type { Session } from '../session.ts';
import { asInTable, chosenIds, namedIds, notPossible } from './choose.ts';
import { type LeaseWait, underLease } from './under-lease.ts';

/** What an operator's word about objects that are to stay led to. */
export interface KeepEnd {
  readonly count: number;
  /** What is still held. */
  readonly held: Held | undefined;
}

/**
 * Rejects the deletion of held objects: their items stay while the objects are unlisted.
 *
 * @param ids - As in the table, or the values of the key; all of the set if there are none.
 * @throws {CommandError} `NOT_POSSIBLE` if it is not held; `USAGE` if the config has no such stream. @throws {SyncError} `RUN_ACTIVE`
 * if a pull is at work; `STORE_*`.
 */
export async function reject(
  session: Session,
  name: string,
  held: { readonly id: string; readonly ids: readonly string[]; readonly note: string },
  wait: LeaseWait,
): Promise<KeepEnd> {
  return await change(session, name, wait, (known, stream) => {
    const ids = chosenIds(known, stream, held.id, held.ids);
    return { known: keep(known, ids, held.note), count: ids.length };
  });
}

/**
 * Takes rejections back: the objects count as shown, so counting starts at zero.
 *
 * @param ids - As in {@link reject}.
 * @throws {CommandError} `NOT_POSSIBLE` if one of them is not kept; otherwise as {@link reject}.
 */
export async function release(
  session: Session,
  name: string,
  ids: readonly string[],
  wait: LeaseWait,
): Promise<KeepEnd> {
  return await change(session, name, wait, (known, stream) => {
    const chosen = new Set(asInTable(known, stream, ids));
    const others = [...chosen].filter((id) => known.absences.get(id)?.mark !== 'kept');
    if (others.length > 0) throw notPossible(`stream ${name} does not keep ${namedIds(others)}`);
    return { known: letGo(known, [...chosen]), count: chosen.size };
  });
}

type Change = (known: Known, stream: Stream) => { readonly known: Known; readonly count: number };

async function change(session: Session, name: string, wait: LeaseWait, decide: Change): Promise<KeepEnd> {
  const stream = findStream(session.config, name);
  const state = session.state();
  return await underLease(session, wait, async (lease) => {
    const walk = await readWalkRecord(state, name);
    // A walk that is judged keeps an account of what it missed, so what is known may not change beside it.
    if (walk !== undefined && walk.phase !== 'reading' && walk.phase !== 'ended') {
      throw notPossible(`the last walk of stream ${name} is not judged yet; try again after the next pull`);
    }
    const store = createAbsenceStore({ state, lease, clock: systemClock });
    const { known } = await store.load(name);
    const { known: after, count } = decide(known, stream);
    await store.save(name, after);
    return { count, held: after.evidence.held };
  });
}
