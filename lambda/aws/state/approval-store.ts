import type { Clock } from '../../core/clock.ts';
import { type Approval, isInForce } from '../../core/deletes/approval.ts';
import type { Evidence } from '../../core/deletes/evidence.ts';
import { packLines, unpackLines } from './packed-lines.ts';
import { putRows, queryRows } from './rows.ts';
import { fieldsOf, isCount, isText, isTime, optional } from './shapes.ts';
import { STATE_KEYS } from './state-keys.ts';
import type { Row, StateTable } from './state-table.ts';

/** An approval's rows expire 7 days after it was given. */
const KEPT_SECONDS = 7 * 24 * 60 * 60;

/**
 * Saves an approval, in several rows if its ids do not fit in one. Approvals of the same set do not replace each other, because each
 * may name other ids.
 *
 * No lease is needed, because the pull only reads approvals.
 */
export async function saveApproval(
  state: StateTable,
  stream: string,
  { ids, ...approval }: Approval,
  clock: Clock,
): Promise<void> {
  const { heldId, at } = approval;
  const contents = [...packLines(ids)];
  const rows = contents.map((lines, part) => ({
    ...STATE_KEYS.approval(stream, heldId, `${at}#${part}`),
    ...approval,
    lines,
    parts: contents.length,
    _expiresAt: Math.floor(Date.parse(at) / 1000) + KEPT_SECONDS,
  }));
  await putRows(state, rows, clock);
}

/** Reads the approvals of a stream that have neither expired nor lost their sight. One that was not saved whole is left out. */
export async function listApprovals(
  state: StateTable,
  stream: string,
  evidence: Evidence,
  now: string,
): Promise<readonly Approval[]> {
  const rows = await queryRows(state, STATE_KEYS.approvals(stream));
  const whole = [...Map.groupBy(rows, ({ heldId, at }) => `${heldId} ${at}`).values()].flatMap(approvalIn);
  return whole.filter((approval) => isInForce(approval, evidence, now));
}

const isApproval = fieldsOf({
  heldId: isText,
  shown: isCount,
  sightBegan: isTime,
  at: isTime,
  by: isText,
  note: optional(isText),
});

/** @returns None if a row is missing or cannot be read. */
function approvalIn(rows: readonly Row[]): readonly Approval[] {
  const [first] = rows;
  if (first === undefined || rows.length !== first.parts || !rows.every(isApproval)) return [];
  try {
    const ids = [...unpackLines(rows.map(({ lines }) => lines))];
    const { pk: _pk, sk: _sk, lines: _lines, parts: _parts, _expiresAt, ...approval } = first;
    return [{ ...approval, ids } as unknown as Approval];
  } catch {
    return [];
  }
}
