/** A line's label, and its text. A line without a text is left out. */
export type LabelledLine = readonly [label: string, text: string | undefined];

/** Lines with their texts in one column. */
export function labelledLines(lines: readonly LabelledLine[]): string {
  const shown = lines.filter(([, text]) => text !== undefined && text !== '');
  const width = shown.reduce((widest, [label]) => Math.max(widest, label.length), 0);
  return shown.map(([label, text]) => `${label.padEnd(width)}  ${text}`).join('\n');
}

/** Several texts under one label. */
export function labelled(label: string, texts: readonly string[]): LabelledLine[] {
  return texts.map((text, index) => [index === 0 ? label : '', text]);
}
