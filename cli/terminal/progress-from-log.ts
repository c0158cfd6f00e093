import { z } from 'zod';
import { COUNT_NAMES, type CountName } from '../../lambda/core/pull/counts.ts';
import type { Progress } from '../../lambda/core/pull/run-ports.ts';
import type { Stream } from '../../lambda/core/pull/stream.ts';

const MS = z.number();
/** Absent in the log of a function of another version. */
const COUNT = z.number().default(0);
const LINE = z.discriminatedUnion('message', [
  z.object({ message: z.literal('stream begins'), stream: z.string() }),
  z.object({ message: z.literal('waiting, as Procurios asked'), stream: z.string(), ms: MS }),
  z.object({
    message: z.literal('stream ends'),
    stream: z.string(),
    status: z.enum(['complete', 'incomplete', 'failed']),
    ...(Object.fromEntries(COUNT_NAMES.map((name) => [name, COUNT])) as Record<CountName, typeof COUNT>),
  }),
]);

/**
 * Shows a pull's progress from the log of its function.
 *
 * @returns A function to call with each line of the log. It ignores lines that are not about progress.
 */
export function progressOfLog(progress: Progress, streams: readonly Stream[]): (line: string) => void {
  const byName = new Map(streams.map((stream) => [stream.name, stream]));
  return (line) => {
    const { success, data } = LINE.safeParse(parseJson(line));
    const stream = success ? byName.get(data.stream) : undefined;
    if (!success || stream === undefined) return;
    if (data.message === 'stream begins') progress.streamBegins(stream);
    else if (data.message === 'stream ends') progress.streamEnds(stream, data);
    else progress.waits(stream, data.ms);
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
