import { wrapAnsi } from 'fast-wrap-ansi';

/** Columns for running text: of the terminal, but no more than reads well; 80 where there is none. */
export function textWidth(stream: { readonly columns?: number }): number {
  return Math.min(Math.max(stream.columns || 80, 40), 100);
}

/**
 * Text broken at spaces, each line indented.
 *
 * @param indent - What the first line begins with, and how many spaces the others do.
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
