import { FATES } from '../../../lambda/core/pull/counts.ts';
import type { Receipt, WalkStatus } from '../../../lambda/core/pull/receipt.ts';
import type { History } from './history.ts';
import { MISBEHAVIOURS } from './misbehaviours.ts';
import { openStage, type Revisions, type Snapshot, type Stage } from './scene.ts';
import type { OpenShelf, Shelf } from './shelf.ts';

/** What came of a history. */
export interface Outcome {
  /** The status of the pull during which the server misbehaved. */
  readonly status: WalkStatus;
  /** What the pulls did that they must not do; empty if all is well. */
  readonly violations: readonly string[];
}

/**
 * Plays a history: a pull while the server misbehaves, and quiet pulls after it. After each, the table is held against the
 * simulator's own record.
 */
export async function play(history: History, openShelf: OpenShelf): Promise<Outcome> {
  await using stage = await openStage(history);
  await using shelf = await openShelf(stage);
  const violations: string[] = [];
  const pull = pullAndJudge(stage, shelf, history, violations);
  if (history.editedBefore !== undefined) {
    await pull('the first pull');
    for (const place of history.editedBefore) stage.edit(place);
  }

  stage.misbehave(history.misbehaviours.flatMap(({ faults }) => faults));
  if (history.stopsAfter !== undefined) await pull('the pull that is stopped', history.stopsAfter);
  const { status, error } = await pull('the pull under misbehaviour');
  stage.behave();
  const wasKept = await shelf.keepsWalk();
  const quiet = [await pull('a quiet pull')];
  if (wasKept) quiet.push(await pull('a second quiet pull'));

  const last = quiet.at(-1) as Receipt;
  if (history.tiedBy === undefined && last.status !== 'complete') {
    violations.push(`a quiet pull is ${last.status}: ${last.error?.message}`);
  }
  if (isHarmless(history) && status !== 'complete') {
    violations.push(`the pull under misbehaviour is ${status}: ${error?.message}`);
  }
  return { status, violations };
}

/** Whether the pull must be complete despite the misbehaviour, of which there is at most one. */
function isHarmless({ misbehaviours, tiedBy }: History): boolean {
  const [only, ...others] = misbehaviours;
  const isMild = only === undefined || MISBEHAVIOURS[only.name]?.isHarmless === true;
  return tiedBy === undefined && others.length === 0 && isMild;
}

function leavesNoSign({ misbehaviours }: History): boolean {
  return misbehaviours.some(({ name }) => MISBEHAVIOURS[name]?.leavesNoSign === true);
}

/** Pulls and notes what is wrong afterwards. A walk that is continued is judged as of its beginning. */
function pullAndJudge(stage: Stage, shelf: Shelf, history: History, violations: string[]) {
  let atStart: Snapshot | undefined;
  let isExcused = false;
  return async (name: string, stopsAfter?: number): Promise<Receipt> => {
    atStart ??= stage.record();
    const receipt = await shelf.pull(stopsAfter);
    isExcused ||= stage.isMisbehaving && leavesNoSign(history);
    const problems = balanceOf(receipt);
    if (receipt.status === 'complete' && !isExcused) {
      problems.push(...gapsOf(atStart, stage.standingSince(atStart), await shelf.revisions(), history));
    }
    violations.push(...problems.map((problem) => `${name}: ${problem}`));
    if (!(await shelf.keepsWalk())) {
      atStart = undefined;
      isExcused = false;
    }
    return receipt;
  };
}

function balanceOf(receipt: Receipt): string[] {
  const accounted = FATES.reduce((sum, fate) => sum + receipt[fate], 0);
  return accounted === receipt.fetched ? [] : [`${receipt.fetched} fetched, ${accounted} accounted for`];
}

/**
 * What the table lacks although it must not.
 *
 * A removal moves objects to a page that was read already, and nothing in later pages tells. So as many may be missing in
 * listings with page numbers.
 *
 * @param atStart - The listing at the walk's start.
 * @param standing - Keys of the objects that stood throughout.
 */
function gapsOf(
  { revisions }: Snapshot,
  standing: readonly string[],
  stored: Revisions,
  { kind }: History,
): string[] {
  const missing = standing.filter((key) => !stored.has(key));
  const outdated = standing.filter((key) => (stored.get(key) ?? Infinity) < (revisions.get(key) ?? 0));
  const isNumbered = kind === 'hal' || kind === 'linkedPages' || kind === 'numberedPages';
  const mayMiss = isNumbered ? revisions.size - standing.length : 0;
  if (missing.length + outdated.length <= mayMiss) return [];
  const what = `missing: ${missing.join(' ')}, outdated: ${outdated.join(' ')}`;
  return [`complete, but of ${standing.length} objects that stood throughout, ${what}`];
}
