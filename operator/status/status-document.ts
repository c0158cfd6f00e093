import type { Concern } from './concern.ts';
import { shrunkLists } from './shrunk-lists.ts';
import { known, type StatusReport } from './status-report.ts';

/** A report as one JSON document. A part that could not be read is null there, and `unavailable` has the reason. */
export function statusDocument(
  { environment, at, timeZone, expectWithinHours, ...parts }: StatusReport,
  concerns: readonly Concern[],
): object {
  const entries = Object.entries(parts);
  const values = entries.map(([name, part]) => [name, 'value' in part ? part.value : null]);
  const unavailable = entries.flatMap(([name, part]) =>
    'unavailable' in part ? [[name, part.unavailable] as const] : [],
  );
  return {
    ...{ environment, at, timeZone, ...(expectWithinHours !== undefined && { expectWithinHours }) },
    needsPerson: concerns,
    shrunkLists: shrunkLists(known(parts.streams) ?? []),
    ...Object.fromEntries(values),
    unavailable: Object.fromEntries(unavailable),
  };
}
