import { readStreamState } from '../../lambda/aws/state/stream-store.ts';
import { expectedFailure } from '../../lambda/core/errors.ts';
import type { RunReceipt } from '../../lambda/core/pull/receipt.ts';
import { hasShrunk, type StreamState } from '../../lambda/core/pull/stream-state.ts';
import type { Session } from '../session.ts';
import { grouped } from '../words.ts';

/** One line for each stream whose list has shrunk: `members: the last complete walk listed 0, the table has 3,002`. */
export function shrunkLists(streams: readonly (StreamState & { readonly name: string })[]): string[] {
  return streams
    .filter(hasShrunk)
    .map(
      ({ name, listed = 0, inTable = 0 }) =>
        `${name}: the last complete walk listed ${grouped(listed)}, the table has ${grouped(inTable)}`,
    );
}

/** The same for the streams that a run pulled completely; empty if their states cannot be read, because the pull is done. */
export async function readShrunkLists(session: Session, { streams }: RunReceipt): Promise<string[]> {
  const names = Object.keys(streams).filter((name) => streams[name]?.status === 'complete');
  const state = session.state();
  const states = await Promise.all(
    names.map(async (name) => ({ name, ...(await readStreamState(state, name)) })),
  ).catch(expectedFailure);
  return states instanceof Error ? [] : shrunkLists(states);
}
