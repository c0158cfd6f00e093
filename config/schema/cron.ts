/** What a field of a cron expression can hold. */
interface CronField {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Names that stand for numbers, from `least` on. */
  readonly names?: readonly string[];
  /** Matches the forms besides numbers, names and ranges that the field may have, such as `L`. */
  readonly special?: RegExp;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based */
const FIELDS: readonly CronField[] = [
  { name: 'minutes', least: 0, most: 59 },
  { name: 'hours', least: 0, most: 23 },
  // `L` is the last day, `15W` the weekday nearest to the 15th, `LW` the last weekday.
  { name: 'day of the month', least: 1, most: 31, special: /^(?:L|LW|(?:[1-9]|[12]\d|3[01])W)$/ },
  { name: 'month', least: 1, most: 12, names: MONTHS },
  // `L` is the last day of the week, `6L` the last Friday of the month, `3#2` its second Tuesday.
  {
    name: 'day of the week',
    least: 1,
    most: 7,
    names: DAYS,
    special: new RegExp(`^(?:L|[1-7]L|(?:[1-7]|${DAYS.join('|')})#[1-5])$`),
  },
  { name: 'year', least: 1970, most: 2199 },
];
const [DAY_OF_MONTH, DAY_OF_WEEK] = [2, 4];

/**
 * Finds what EventBridge Scheduler would refuse in a cron expression.
 *
 * @param cron - Minutes, hours, day of the month, month, day of the week and year: `0 4 * * ? *`.
 * @returns What was expected instead; undefined if the expression is right.
 */
export function problemOfCron(cron: string): string | undefined {
  const fields = cron.split(' ');
  if (fields.length !== FIELDS.length) {
    return "six fields separated by single spaces (minutes, hours, day of the month, month, day of the week, year): '0 4 * * ? *'";
  }
  const wrong = FIELDS.filter((field, index) => !isField(field, fields[index] ?? '', index));
  if (wrong.length > 0) return wrong.map(expectedOf).join('; ');
  const anyDay = [fields[DAY_OF_MONTH], fields[DAY_OF_WEEK]].filter((field) => field === '?');
  if (anyDay.length !== 1)
    return "? as either the day of the month or the day of the week, but not as both: '0 4 * * ? *'";
  return undefined;
}

function isField(field: CronField, text: string, index: number): boolean {
  if (text === '?') return index === DAY_OF_MONTH || index === DAY_OF_WEEK;
  const upper = text.toUpperCase();
  return field.special?.test(upper) || upper.split(',').every((part) => isPart(field, part));
}

/** Whether a part is a value or a range, with or without a step: `4`, `MON-FRI`, `0/15`, `*`. */
function isPart(field: CronField, part: string): boolean {
  const [range = '', step, ...more] = part.split('/');
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d{0,3}$/.test(step))) return false;
  if (range === '*') return true;
  const ends = range.split('-').map((end) => numberOf(field, end));
  const [from, to] = ends.length === 1 ? [ends[0], ends[0]] : ends;
  return ends.length <= 2 && from !== undefined && to !== undefined && from <= to;
}

function numberOf({ least, most, names }: CronField, text: string): number | undefined {
  const named = names?.indexOf(text) ?? -1;
  if (named >= 0) return named + least;
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}

function expectedOf({ name, least, most, names }: CronField): string {
  const named = names ? ` or ${names[0]} to ${names.at(-1)}` : '';
  return `as ${name} ${least} to ${most}${named}, alone, in a list, as a range or with a step`;
}
