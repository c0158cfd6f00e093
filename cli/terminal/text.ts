import { wrapAnsi } from 'fast-wrap-ansi';

/** Columns for running text: the terminal's, but from 40 to 100; 80 if there is no terminal. */
export function textWidth(stream: { readonly columns?: number }): number {
  return Math.min(Math.max(stream.columns || 80, 40), 100);
}

/**
 * Breaks text at spaces, and indents each line.
 *
 * @param indent - The text before the first line, and the number of spaces before the others.
 */
export function wrapped(
  text: string,
  width: number,
  indent: { readonly first: string; readonly rest: number },
): string {
  const lines = wrapAnsi(text, Math.max(width - indent.rest, 20)).split('\n');
  return lines
    .map((line, index) => `${index === 0 ? indent.first : ' '.repeat(indent.rest)}${line}`)
    .join('\n');
}

/** A line for stdout, broken at spaces if that is a terminal. */
export function fitted(line: string): string {
  const { stdout } = process;
  return stdout.isTTY ? wrapped(line, textWidth(stdout), { first: '', rest: 2 }) : line;
}
