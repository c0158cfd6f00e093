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
  const stories = new Map<Absence, string>();
  for (const [id, absence] of absences) {
    const story = stories.get(absence) ?? storyOf(absence);
    stories.set(absence, story);
    yield `["${id}",${story}]`;
  }
}

function storyOf({ missed, since, mark, note }: Absence): string {
  const values = [missed, since, mark, note].filter((value) => value !== undefined);
  return JSON.stringify(values).slice(1, -1);
}

/**
 * Reads the lines that {@link linesOf} wrote.
 *
 * @returns Undefined if one of them is of another form.
 */
export function absencesFrom(lines: Iterable<string>): Absences | undefined {
  const absences = new Map<string, Absence>();
  const stories = new Map<string, Absence>();
  for (const line of lines) {
    // An id is percent-encoded, so it holds no quote.
    const end = line.indexOf('",', 2);
    if (end < 0 || !line.startsWith('["') || !line.endsWith(']')) return undefined;
    const id = line.slice(2, end);
    const story = line.slice(end + 2, -1);
    const absence = stories.get(story) ?? readStory(story);
    if (absence === undefined) return undefined;
    stories.set(story, absence);
    absences.set(id, absence);
  }
  return absences;
}

function readStory(story: string): Absence | undefined {
  const [missed, since, mark, note] = parsed(`[${story}]`);
  if (typeof missed !== 'number' || !Number.isSafeInteger(missed)) return undefined;
  if (typeof since !== 'string' || Number.isNaN(Date.parse(since))) return undefined;
  if (mark === undefined) return { missed, since };
  if (!isMark(mark) || (note !== undefined && typeof note !== 'string')) return undefined;
  return { missed, since, mark, ...(note !== undefined && { note }) };
}

/** The list in a JSON text; an empty one if it is not JSON. */
function parsed(list: string): readonly unknown[] {
  try {
    return JSON.parse(list);
  } catch {
    return [];
  }
}

function isMark(value: unknown): value is Mark {
  return MARKS.some((mark) => mark === value);
}
