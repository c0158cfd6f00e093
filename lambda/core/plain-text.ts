/**
 * Escape sequences that a terminal obeys: CSI (colours, the cursor) and OSC (titles, links). No class of characters holds the
 * beginning of a sequence, so matching takes linear time, which `stripVTControlCharacters` of Node does not.
 */
const SEQUENCES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern is about control characters
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)/g;

/** Characters that a terminal or an editor obeys: control characters, and those that change the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern is about control characters
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Text from outside, without escape sequences and with `�` for each character that a terminal would obey. */
export function printable(text: string): string {
  return text.replace(SEQUENCES, '').replace(OBEYED, '�');
}
