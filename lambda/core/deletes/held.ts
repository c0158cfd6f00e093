import { hash } from 'node:crypto';
import type { Held, Known } from './evidence.ts';

const SAMPLE = 20;

/** The first 12 hexadecimal digits of SHA-256 over the sorted ids. It changes when the set does. */
export function heldIdOf(ids: readonly string[]): string {
  return hash('sha256', ids.toSorted().join('\n'), 'hex').slice(0, 12);
}

/** The ids of what an operator decides, sorted. */
export function heldIds({ absences }: Known): readonly string[] {
  return [...absences]
    .filter(([, { mark }]) => mark === 'held')
    .map(([id]) => id)
    .sort();
}

/** Brings the evidence's account of what is held in line with the absences. It ends when nothing is held any more. */
export function summarizeHeld(known: Known, latest: HeldCause | undefined = known.evidence.held): Known {
  const { held: before, ...evidence } = known.evidence;
  const ids = latest === undefined ? [] : heldIds(known);
  if (latest === undefined || ids.length === 0) return { ...known, evidence };
  const { reason, limit, since } = latest;
  const held: Held = {
    id: heldIdOf(ids),
    count: ids.length,
    ...(limit !== undefined && { limit }),
    reason,
    since: before?.since ?? since,
    sample: ids.slice(0, SAMPLE),
  };
  return { ...known, evidence: { ...evidence, held } };
}

/** Why something is held, and since when. */
export type HeldCause = Pick<Held, 'reason' | 'limit' | 'since'>;
