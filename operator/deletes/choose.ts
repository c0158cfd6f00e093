import { chooseHeld } from '../../lambda/core/deletes/approval.ts';
import type { Known } from '../../lambda/core/deletes/evidence.ts';
import type { Stream } from '../../lambda/core/pull/stream.ts';
import { CommandError } from '../command-error.ts';
import { idsMeant } from '../tables/tables.ts';
import { countOf, oneLine, shortened } from '../words.ts';

/** Ids that a message names. */
const MOST_NAMED = 5;
const LONGEST_NAMED = 60;

/**
 * The ids of the held set that an operator names.
 *
 * @param ids - As in the table, or the values of the key; all of the set if there are none.
 * @throws {CommandError} `NOT_POSSIBLE` if the set or one of the ids is not held.
 */
export function chosenIds(
  known: Known,
  stream: Stream,
  heldId: string,
  ids: readonly string[],
): readonly string[] {
  const { name } = stream;
  const choice = chooseHeld(known, heldId, asInTable(known, stream, ids));
  if (choice.kind === 'chosen') return choice.ids;
  if (choice.kind === 'nothing held') throw notPossible(`nothing of stream ${name} is held`);
  const look = `look at it again: npx procurios-sync deletes show ${name}`;
  if (choice.kind === 'another set') {
    throw notPossible(`stream ${name} does not hold that set, but ${choice.heldId}`, look);
  }
  throw notPossible(`the set does not hold ${namedIds(choice.ids)}`, look);
}

/** The ids as the table has them. One that is not absent stays as it was given. */
export function asInTable({ absences }: Known, stream: Stream, ids: readonly string[]): readonly string[] {
  return ids.map((id) => [...idsMeant(stream, id)].find((each) => absences.has(each)) ?? id);
}

/** `id 17`, `3 of the ids (17, 18, 19)`. */
export function namedIds(ids: readonly string[]): string {
  const named = ids.slice(0, MOST_NAMED).map((id) => shortened(oneLine(id), LONGEST_NAMED));
  if (ids.length === 1) return `id ${named.join()}`;
  return `${countOf(ids.length, 'of the id')} (${named.join(', ')}${ids.length > MOST_NAMED ? ', …' : ''})`;
}

/** @param advice - What to do; absent if the message says enough. A command stands at its end, so that it can be copied. */
export function notPossible(message: string, advice?: string): CommandError {
  return new CommandError('NOT_POSSIBLE', [message, 'nothing was done', advice].filter(Boolean).join('; '));
}
