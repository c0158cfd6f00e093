import Table from 'cli-table3';

/** A column of a table: its head and its cells, from top to bottom. */
export interface Column {
  readonly head: string;
  readonly cells: readonly string[];
  /** Numbers stand to the right. */
  readonly isNumber?: boolean;
  /** Where there is no room, columns are left out, those with the highest number first; absent: never. */
  readonly dispensable?: number;
}

const GAP = 2;
const LINES = {
  ...Object.fromEntries(
    ['top', 'bottom', 'left', 'right', 'top-mid', 'top-left', 'top-right', 'bottom-mid', 'bottom-left'].map(
      (name) => [name, ''],
    ),
  ),
  ...{ 'bottom-right': '', 'left-mid': '', 'right-mid': '', mid: '─', 'mid-mid': '  ', middle: '  ' },
};

/**
 * A table without borders or colours, as wide as a terminal allows.
 *
 * @param width - Columns of the terminal; undefined: it is none, so that any width will do.
 */
export function tableOf(columns: readonly Column[], width: number | undefined): string {
  const shown = fitting(columns, width ?? Number.POSITIVE_INFINITY);
  const table = new Table({
    head: shown.map(({ head }) => head),
    colAligns: shown.map(({ isNumber }) => (isNumber ? 'right' : 'left')),
    chars: LINES,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  });
  const [first] = shown;
  first?.cells.forEach((_, row) => {
    table.push(shown.map(({ cells }) => cells[row] ?? ''));
  });
  return table.toString().replace(/ +$/gm, '');
}

function fitting(columns: readonly Column[], width: number): readonly Column[] {
  const total = columns.reduce((sum, column) => sum + widthOf(column) + GAP, -GAP);
  if (total <= width) return columns;
  const last = columns
    .filter(({ dispensable }) => dispensable !== undefined)
    .sort((one, other) => (other.dispensable ?? 0) - (one.dispensable ?? 0))[0];
  return last === undefined
    ? columns
    : fitting(
        columns.filter((column) => column !== last),
        width,
      );
}

function widthOf({ head, cells }: Column): number {
  return Math.max(...[head, ...cells].map((text) => [...text].length));
}
