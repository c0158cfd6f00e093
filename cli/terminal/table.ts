/** A column of a table. */
export interface Column {
  readonly head: string;
  readonly cells: readonly string[];
  /** Whether cells are aligned to the right. */
  readonly isNumber?: boolean;
  /** Where the terminal is too narrow, the column with the highest number is left out first; absent if it never is. */
  readonly dispensable?: number;
}

const GAP = 2;

/**
 * A table without borders or colours.
 *
 * @param width - Columns of the terminal, which the table does not exceed; undefined if there is no terminal.
 */
export function tableOf(columns: readonly Column[], width: number | undefined): string {
  const shown = fitting(columns, width ?? Number.POSITIVE_INFINITY);
  const blocks = shown.map((column) => {
    const columnWidth = widthOf(column);
    const { head, cells, isNumber = false } = column;
    return [
      pad(head, columnWidth, isNumber),
      '─'.repeat(columnWidth),
      ...cells.map((text) => pad(text, columnWidth, isNumber)),
    ];
  });
  const lines = blocks[0]?.map((_, row) => blocks.map((block) => block[row] ?? '').join(' '.repeat(GAP)));
  return (lines ?? []).map((line) => line.trimEnd()).join('\n');
}

/** Pads by characters as people count them, because `padEnd` counts a character outside the BMP as two. */
function pad(text: string, width: number, isNumber: boolean): string {
  const room = ' '.repeat(width - lengthOf(text));
  return isNumber ? room + text : text + room;
}

function lengthOf(text: string): number {
  return [...text].length;
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
  return cells.reduce((widest, cell) => Math.max(widest, lengthOf(cell)), lengthOf(head));
}
