import { endOfText, isClosing, isOpening } from './json-shape.ts';

/** An object or a list that the scan is in. */
interface Level {
  /** The names so far; undefined in a list. */
  readonly names: Set<string> | undefined;
  /** The name whose value the scan is in; empty in a list. */
  name: string;
}

const LONGEST_NAME = 100;

/**
 * Finds the first name that an object has twice. `JSON.parse` keeps the last value without a word, so a program that wrote both
 * would not learn that one is lost.
 *
 * @param json - Valid JSON.
 * @returns The names that lead to it, as `body.address.town`; undefined if every name stands once.
 */
export function doubledName(json: string): string | undefined {
  const levels: Level[] = [];
  let isName = false;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    const level = levels.at(-1);
    if (json[at] === '"') {
      const end = endOfText(json, at);
      if (isName && level?.names !== undefined) {
        // Parsed, because a name can be spelt with escapes.
        level.name = JSON.parse(json.slice(at, end + 1)) as string;
        if (level.names.has(level.name)) return pathOf(levels);
        level.names.add(level.name);
      }
      isName = false;
      at = end;
    } else if (isOpening(code)) {
      isName = json[at] === '{';
      levels.push({ names: isName ? new Set() : undefined, name: '' });
    } else if (isClosing(code)) levels.pop();
    else if (json[at] === ',') isName = level?.names !== undefined;
  }
  return undefined;
}

function pathOf(levels: readonly Level[]): string {
  const names = levels.map(({ name }) => name).filter((name) => name !== '');
  return names.map((name) => name.slice(0, LONGEST_NAME).toWellFormed()).join('.');
}
