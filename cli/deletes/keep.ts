import { readConfig } from '../../operator/config.ts';
import { reject, release } from '../../operator/deletes/keep.ts';
import type { CommonOptions } from '../../operator/options.ts';
import { openSession } from '../../operator/session.ts';
import { countOf } from '../../operator/words.ts';
import { sayWatching } from '../pull/say-watching.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';
import { checkNote } from './note.ts';
import { stillHeldText } from './words.ts';

export interface DeletesRejectOptions extends CommonOptions {
  /** Why the items stay. */
  readonly note: string;
}

/** `procurios-sync deletes reject STREAM HELD_ID [ID…]`: keeps held items. */
export async function rejectHeld(
  stream: string,
  heldId: string,
  ids: readonly string[],
  options: DeletesRejectOptions,
): Promise<number> {
  const { note, json } = options;
  checkNote(note);
  const config = await readConfig(options);
  await using session = await openSession(config, options);
  const { count, held } = await reject(session, stream, { id: heldId, ids, note }, { onWatch: sayWatching });
  if (json) print(JSON.stringify({ stream, heldId, rejected: count, held }));
  else say(`${countOf(count, 'item')} kept while Procurios does not list them; ${stillHeldText(held)}`);
  return EXIT.done;
}

/** `procurios-sync deletes release STREAM ID…`: takes rejections back. */
export async function releaseKept(
  stream: string,
  ids: readonly string[],
  options: CommonOptions,
): Promise<number> {
  const config = await readConfig(options);
  await using session = await openSession(config, options);
  const { count } = await release(session, stream, ids, { onWatch: sayWatching });
  if (options.json) print(JSON.stringify({ stream, released: count }));
  else say(`${countOf(count, 'item')} no longer kept; walks that miss them count from zero`);
  return EXIT.done;
}
