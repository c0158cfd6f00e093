import { findStream } from '../../operator/config.ts';
import { explain, type Story } from '../../operator/deletes/explain.ts';
import { listDeletes } from '../../operator/deletes/list.ts';
import { heldText } from '../../operator/deletes/words.ts';
import type { Session } from '../../operator/session.ts';
import { countOf } from '../../operator/words.ts';
import { print } from '../terminal/output-lines.ts';
import { wrapped } from '../terminal/text.ts';

const LABEL_WIDTH = 14;
const LINE_WIDTH = 80;

/** Prints what is true of an object or a stream, under its name. */
export function printFact(label: string, text: string): void {
  print(wrapped(text, LINE_WIDTH, { first: label.padEnd(LABEL_WIDTH), rest: LABEL_WIDTH }));
}

/** Prints what became of a member, as `explain` reads it. */
export async function printMember(session: Session, id: number): Promise<void> {
  const story = await explain(session, 'members', String(id), false);
  printFact(`members ${id}`, fateText(story, findStream(session.config, 'members').goneAfter));
}

function fateText({ state, item, absence }: Story, goneAfter: number): string {
  const [because, ...walks] = item?.deletedBecause?.split(' ') ?? [];
  if (because === 'merged') {
    return `marked as deleted, because the archive says: merged into ${item?.mergedInto}`;
  }
  if (because === 'absent') {
    return `marked as deleted, because ${countOf(walks.length, 'walk')} and a second reading missed it`;
  }
  if (absence !== undefined) return missedText(absence.missed, goneAfter);
  return state === 'live' ? 'listed again, so it is live again' : state;
}

function missedText(walks: number, goneAfter: number): string {
  return `missed by ${countOf(walks, 'walk')}, but only ${goneAfter} walks are enough evidence`;
}

/** Prints what is known of a stream's absent objects, as `deletes list` reads it. */
export async function printAbsences(session: Session, stream: string): Promise<void> {
  const [summary] = await listDeletes(session, stream);
  const { held, missed = {} } = summary ?? {};
  const { goneAfter } = findStream(session.config, stream);
  const missedTexts = Object.entries(missed).map(
    ([walks, count]) => `${count} ${missedText(Number(walks), goneAfter)}`,
  );
  printFact(
    stream,
    held === undefined
      ? missedTexts.join('; ') || 'listed again, so nothing is held any more'
      : heldText(held, session.config.schedule.timeZone),
  );
}
