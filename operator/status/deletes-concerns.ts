import { heldText, uncountedText } from '../deletes/words.ts';
import { countOf, minuteIn } from '../words.ts';
import type { Concern } from './concern.ts';
import type { PullReport } from './read-pulls.ts';
import { known, type StreamStatus } from './status-report.ts';

/**
 * Finds what needs an operator about deletes: first what is held, then streams of which no walk has counted for long.
 *
 * @param flags - The flags with which other commands use the same tables.
 */
export function deletesConcerns(
  { streams, timeZone }: Pick<PullReport, 'streams' | 'timeZone'>,
  flags: string,
): Concern[] {
  const all = known(streams) ?? [];
  return [
    ...all.flatMap(({ name, held }) =>
      held === undefined
        ? []
        : [
            {
              what: `deletes of ${name}: ${heldText(held, timeZone)}`,
              next: `npx procurios-sync deletes show ${name}${flags}`,
            },
          ],
    ),
    ...all.flatMap((stream) => unjudgedConcern(stream, timeZone)),
  ];
}

function unjudgedConcern({ name, unjudged }: StreamStatus, timeZone: string): Concern[] {
  if (unjudged === undefined) return [];
  const { since, days, reason } = unjudged;
  const what = `${name}: no walk has counted as evidence since ${minuteIn(timeZone, since)}, for ${countOf(days, 'day')}, so nothing goes from its table`;
  const why = `the last walk ${uncountedText(reason)}`;
  return [{ what, ...(reason && { why }), next: 'docs/runbook.md#deletes-not-judged' }];
}
