import { readKnown } from '../../lambda/aws/state/absence-store.ts';
import { type DeletePolicy, deletePolicyOf } from '../../lambda/core/deletes/policy.ts';
import type { Stream } from '../../lambda/core/pull/stream.ts';
import { findStream } from '../config.ts';
import type { Session } from '../session.ts';
import { chosenIds, notPossible } from './choose.ts';

/** What an operator is about to approve. */
export interface ApprovalPlan {
  readonly stream: Stream;
  readonly policy: DeletePolicy;
  readonly heldId: string;
  readonly ids: readonly string[];
}

/**
 * Finds what an operator names of a held set.
 *
 * @param ids - As in the table, or the values of the key; all of the set if there are none.
 * @throws {CommandError} `NOT_POSSIBLE` if it is not held, or if the config lets no item of the stream be deleted; `USAGE` if the
 * config has no such stream.
 */
export async function planApproval(
  session: Session,
  name: string,
  heldId: string,
  ids: readonly string[],
): Promise<ApprovalPlan> {
  const stream = findStream(session.config, name);
  const policy = deletePolicyOf(stream);
  if (policy?.mode !== 'fromWalk') {
    throw notPossible(
      `the config says deletes: '${stream.deletes}' of stream ${name}; to delete its items, set 'fromWalk'`,
    );
  }
  const { known } = await readKnown(session.state(), name);
  return { stream, policy, heldId, ids: chosenIds(known, stream, heldId, ids) };
}
