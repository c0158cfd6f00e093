import { readConfig } from '../../operator/config.ts';
import { planApproval } from '../../operator/deletes/approval-plan.ts';
import { type ApprovalEnd, approve } from '../../operator/deletes/approve.ts';
import type { CommonOptions } from '../../operator/options.ts';
import { openSession } from '../../operator/session.ts';
import { countOf, grouped } from '../../operator/words.ts';
import { sayWatching } from '../pull/say-watching.ts';
import { type ConfirmCountOptions, checkCountOptions, confirmCount } from '../terminal/confirm.ts';
import { onInterrupt } from '../terminal/interrupt.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';
import { checkNote } from './note.ts';
import { stillHeldText } from './words.ts';

export interface DeletesApproveOptions extends CommonOptions, ConfirmCountOptions {
  /** Why. */
  readonly note?: string;
}

/** `procurios-sync deletes approve STREAM HELD_ID [ID…]`: lets held items be deleted. */
export async function approveHeld(
  stream: string,
  heldId: string,
  ids: readonly string[],
  options: DeletesApproveOptions,
): Promise<number> {
  checkCountOptions(options);
  const { note } = options;
  if (note !== undefined) checkNote(note);
  const config = await readConfig(options);
  await using session = await openSession(config, options);
  const plan = await planApproval(session, stream, heldId, ids);
  const { length: count } = plan.ids;
  const what = plan.stream.retainTombstonesFor > 0 ? 'marked as deleted' : 'deleted';
  await confirmCount(`How many items of ${stream} are to be ${what}?`, count, options);

  using interrupt = onInterrupt('stopping after the items that are being marked', () => {});
  const { signal } = interrupt;
  const end = await approve(session, plan, { note, signal, onWatch: sayWatching });
  if (options.json) print(JSON.stringify({ stream, heldId, approved: count, ...end }));
  else say(approvalText(count, end));
  const isCutShort = end.kind === 'left' || end.left > 0;
  return isCutShort && signal.aborted ? EXIT.interrupted : EXIT.done;
}

/** `6 items approved; 6 deleted; nothing is held any more`. */
export function approvalText(approved: number, end: ApprovalEnd): string {
  const said = `${countOf(approved, 'item')} approved`;
  if (end.kind === 'left') return `${said}, for the next pull to delete, because ${end.why}`;
  const { gone, changed, left, held } = end;
  return [
    said,
    `${grouped(gone)} deleted`,
    changed > 0 && `${grouped(changed)} changed meanwhile, so the next pull judges them`,
    left > 0 && `${grouped(left)} left for the next pull`,
    stillHeldText(held),
  ]
    .filter((part) => part !== false)
    .join('; ');
}
