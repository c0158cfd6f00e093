import { constants, deflateSync, inflateSync } from 'node:zlib';

/** The largest value of a row. An item may have 400 KB. */
const LARGEST_PART_BYTES = 320_000;
/** So much text is compressed at once, in UTF-16 units. Ids and what is known of them shrink to a tenth or less. */
const CHUNK_LENGTH = 2_000_000;

/** Compresses lines into parts that fit into a row each. No line may have a line break. */
export function* packLines(lines: Iterable<string>): Generator<Uint8Array, void, undefined> {
  let chunk: string[] = [];
  let length = 0;
  for (const line of lines) {
    chunk.push(line);
    length += line.length + 1;
    if (length < CHUNK_LENGTH) continue;
    yield* compress(chunk);
    chunk = [];
    length = 0;
  }
  if (chunk.length > 0) yield* compress(chunk);
}

function* compress(lines: readonly string[]): Generator<Uint8Array, void, undefined> {
  const part = deflateSync(lines.join('\n'), { level: constants.Z_BEST_SPEED });
  if (part.length <= LARGEST_PART_BYTES) {
    yield part;
    return;
  }
  const middle = Math.ceil(lines.length / 2);
  yield* compress(lines.slice(0, middle));
  yield* compress(lines.slice(middle));
}

/** @throws If a part is not one that {@link packLines} made; a part that was changed is noticed by its checksum. */
export function* unpackLines(parts: Iterable<unknown>): Generator<string, void, undefined> {
  for (const part of parts) {
    if (!(part instanceof Uint8Array)) throw new TypeError('a part is not binary');
    yield* inflateSync(part).toString('utf8').split('\n');
  }
}
