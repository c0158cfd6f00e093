import type { Problem } from '../errors.ts';
import { isObject, type Json } from '../json.ts';
import { type Checked, checkChange, type Operations, refuse } from './change.ts';

/** An event of the type "Procurios Change", as EventBridge delivers it. */
export interface ChangeEvent {
  readonly id: string;
  /** When the program put the event, RFC 3339. A replay from an archive keeps it. */
  readonly time: string;
  /** The change, and the `environment` by which the rule selects events. */
  readonly detail: Json;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** The change of an event, without the environment. */
export function detailOf({ detail }: ChangeEvent): Json {
  if (!isObject(detail)) return detail;
  const { environment: _environment, ...change } = detail;
  return change;
}

/**
 * Checks an event and the change in it.
 *
 * - An event without an environment is refused, because every environment on the bus would take it: a second environment would
 *   apply each change of the first one once more.
 * - An event that is older than the ledger's retention is refused, because the ledger no longer knows whether its change was sent.
 *   EventBridge can replay events years later.
 * - A number beyond 2^53 is refused, because Lambda has parsed the event and the number may have lost digits. A program can send
 *   such a change to the queue instead.
 */
export function checkEvent(
  event: ChangeEvent,
  operations: Operations,
  { retentionDays, nowMs }: { readonly retentionDays: number; readonly nowMs: number },
): Checked {
  const change = detailOf(event);
  const checked = checkChange(change, operations);
  const problems = [
    ...checkEnvironment(event),
    ...checkTime(event, retentionDays, nowMs),
    ...('problems' in checked ? checked.problems : checkNumbers(change)),
  ];
  return problems.length === 0 ? checked : refuse(problems, change);
}

function checkEnvironment({ detail }: ChangeEvent): Problem[] {
  if (!isObject(detail) || Object.hasOwn(detail, 'environment')) return [];
  return [{ path: 'environment', expected: 'the name of the environment that the change is for' }];
}

function checkTime({ time }: ChangeEvent, retentionDays: number, nowMs: number): Problem[] {
  if (!(nowMs - Date.parse(time) > retentionDays * DAY_MS)) return [];
  return [
    { path: 'time', expected: `within the ${retentionDays} days for which the ledger knows what was sent` },
  ];
}

function checkNumbers(change: Json): Problem[] {
  if (!holdsRoundedNumber(change)) return [];
  return [{ path: 'body', expected: 'numbers below 2^53; larger ones lose digits in an event' }];
}

function holdsRoundedNumber(value: Json): boolean {
  if (typeof value === 'number') return Math.abs(value) > Number.MAX_SAFE_INTEGER;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsRoundedNumber);
}
