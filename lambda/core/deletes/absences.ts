/** The objects that counted walks did not show, by `_id`. */
export type Absences = ReadonlyMap<string, Absence>;

/** How long an object is unseen. Objects with the same story share one instance, because there may be a million of them. */
export interface Absence {
  /** Counted walks in a row that did not show the object; 0 if the counts started over. */
  readonly missed: number;
  /** When the first walk that missed it began, RFC 3339. */
  readonly since: string;
  /** Absent if no operator was asked. */
  readonly mark?: Mark;
  /** Why an operator keeps the item. Only with the mark `kept`. */
  readonly note?: string;
}

/**
 * - `held`: due, but an operator decides first.
 * - `asked`: was held and is not due now, because the counts started over or the archive took its word back. It is held again as
 *   soon as it is due.
 * - `kept`: an operator rejected its deletion, so it stays while it is unlisted.
 */
export type Mark = (typeof MARKS)[number];

const MARKS = ['held', 'asked', 'kept'] as const;

/** The same function, with one result for each argument. */
export function sharing(change: (absence: Absence) => Absence): (absence: Absence) => Absence {
  const results = new Map<Absence, Absence>();
  return (absence) => {
    const result = results.get(absence) ?? change(absence);
    results.set(absence, result);
    return result;
  };
}

/** The absences as lines of JSON: `["17",3,"2026-11-24T03:00:00.000Z","kept","is on leave"]`. What is absent at the end is left out. */
export function* linesOf(absences: Absences): Generator<string> {
  for (const [id, { missed, since, mark, note }] of absences) {
    const line = note === undefined ? [id, missed, since, mark] : [id, missed, since, mark, note];
    yield JSON.stringify(mark === undefined ? [id, missed, since] : line);
  }
}

/**
 * Reads the lines that {@link linesOf} wrote.
 *
 * @returns Undefined if one of them is of another form.
 */
export function absencesFrom(lines: Iterable<string>): Absences | undefined {
  const absences = new Map<string, Absence>();
  const shared = new Map<string, Absence>();
  for (const line of lines) {
    const read = readLine(line);
    if (read === undefined) return undefined;
    const [id, absence] = read;
    const story = JSON.stringify(absence);
    const first = shared.get(story) ?? absence;
    shared.set(story, first);
    absences.set(id, first);
  }
  return absences;
}

function readLine(line: string): readonly [id: string, absence: Absence] | undefined {
  const values = parsed(line);
  if (!Array.isArray(values)) return undefined;
  const [id, missed, since, mark, note] = values as readonly unknown[];
  if (typeof id !== 'string' || !Number.isSafeInteger(missed) || typeof since !== 'string') return undefined;
  if (Number.isNaN(Date.parse(since))) return undefined;
  const absence = { missed: missed as number, since };
  if (mark === undefined) return [id, absence];
  if (!isMark(mark) || (note !== undefined && typeof note !== 'string')) return undefined;
  return [id, { ...absence, mark, ...(note !== undefined && { note }) }];
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isMark(value: unknown): value is Mark {
  return MARKS.some((mark) => mark === value);
}
