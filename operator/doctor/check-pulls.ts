import { expectedFailure } from '../../lambda/core/errors.ts';
import { deletesConcerns } from '../status/deletes-concerns.ts';
import { pullConcerns } from '../status/pull-concerns.ts';
import { type PullReport, readPullReport } from '../status/read-pulls.ts';
import { shrunkLists } from '../status/shrunk-lists.ts';
import { known } from '../status/status-report.ts';
import { ago, countOf, grouped } from '../words.ts';
import { type Finding, information, ok, warning } from './finding.ts';
import type { Subject } from './subject.ts';

/**
 * Checks what the pulls left, as `status` does: one `ok`, or a warning for each doubt and for each list that has shrunk.
 *
 * @param flags - The flags with which other commands use the same tables.
 */
export async function* checkPulls({ session }: Subject, flags: string): AsyncGenerator<Finding> {
  const report = await readPullReport(session, Date.now()).catch(expectedFailure);
  if (report instanceof Error ? session.isAlone && report.code === 'STORE_MISSING' : isBeforeFirst(report)) {
    yield information('pulls', 'none yet', `npx procurios-sync pull${flags}`);
    return;
  }
  // The finding about the tables says that they are missing or cannot be read.
  if (report instanceof Error) return;
  // The findings about the streams name the scopes that they lack.
  const concerns = [...deletesConcerns(report, flags), ...pullConcerns(report, flags)];
  for (const { what, why, next } of concerns) {
    yield warning('pulls', why === undefined ? what : `${what}: ${why}`, next ?? 'npx procurios-sync status');
  }
  for (const { name, readsOneWay } of known(report.streams) ?? []) {
    if (readsOneWay) yield warning('pulls', `${name}: ${ONE_WAY}`, REPORT_INSTEAD);
  }
  for (const line of shrunkLists(known(report.streams) ?? [])) yield warning('pulls', line, COMPARE);
  if (concerns.length === 0) yield ok('pulls', soundText(report));
}

const ONE_WAY = 'its listing can only be read upwards, so every delete that is due is held for an operator';
const REPORT_INSTEAD =
  "if that is too often, set deletes: 'report' for the stream: pulls then count what is gone and mark nothing";

const COMPARE =
  'compare it with the list in Procurios: the client may have lost a right, or query may leave out too much';

/** Whether no pull has left anything. */
function isBeforeFirst({ runs, streams, cutOff, futureRun }: PullReport): boolean {
  const all = known(streams) ?? [];
  const isUntouched = all.every(({ wholeAsOf, rejects }) => wholeAsOf === undefined && rejects === 0);
  return known(runs)?.length === 0 && isUntouched && !known(cutOff) && !known(futureRun);
}

/** `7 streams, whole as of 5 h ago; 5,841 objects in the tables`. */
function soundText({ streams, at }: PullReport): string {
  const all = known(streams) ?? [];
  const [oldest = at] = all.flatMap(({ wholeAsOf }) => wholeAsOf ?? []).sort();
  const objects = all.reduce((sum, { inTable = 0 }) => sum + inTable, 0);
  const parts = [countOf(all.length, 'stream'), `whole as of ${ago(oldest, Date.parse(at))}`];
  return `${parts.join(', ')}; ${grouped(objects)} objects in the tables`;
}
