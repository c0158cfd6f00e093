import { timestamp } from '../clock.ts';
import type { Engine } from './engine.ts';
import type { Receipt, RunReceipt } from './receipt.ts';
import type { Run, RunPorts } from './run-ports.ts';
import { takeSlice } from './slice.ts';
import type { Stream } from './stream.ts';
import { runStatus } from './verdict.ts';

/**
 * Pulls the streams one after the other. If one fails, its receipt says so and the next one is pulled.
 *
 * @returns Their receipts by their names, in the order of `streams`.
 */
export async function pullStreams(
  run: Run,
  streams: readonly Stream[],
  ports: RunPorts,
  engine: Engine,
): Promise<Record<string, Receipt>> {
  const counted = countOperations(engine);
  const receipts = new Map<Stream, Receipt>();
  for (const [index, stream] of inOrder(streams, run).entries()) {
    // This stream and those after it need at least one step and one wait each.
    const reserve = 2 * (streams.length - index) + 1;
    receipts.set(stream, await pullStream(run, stream, ports, counted, reserve));
  }
  return Object.fromEntries(streams.map((stream) => [stream.name, receipts.get(stream) as Receipt]));
}

/**
 * Streams with an unfinished walk come first, because they have waited longest. Then archives, because they name objects that left
 * other streams.
 */
function inOrder(streams: readonly Stream[], { unfinished }: Run): readonly Stream[] {
  const archives = new Set(streams.map(({ archive }) => archive?.stream));
  const rank = ({ name }: Stream): number => (unfinished.includes(name) ? 0 : archives.has(name) ? 1 : 2);
  return streams.toSorted((one, other) => rank(one) - rank(other));
}

/** Pulls a stream slice by slice, one step of the engine each. */
async function pullStream(
  run: Run,
  stream: Stream,
  ports: RunPorts,
  engine: CountingEngine,
  reserve: number,
): Promise<Receipt> {
  let waitedMs = 0;
  for (let number = 1; ; number += 1) {
    const turn = { isFirst: number === 1, isLast: engine.operationsLeft() <= reserve, waitedMs };
    const slice = await engine.step(`${stream.name} ${number}`, () => takeSlice(run, stream, turn, ports));
    if (slice.waitMs > 0) await engine.wait(`${stream.name} ${number} waits`, slice.waitMs);
    if (slice.isDone) return slice.receipt;
    waitedMs = slice.waitedMs;
  }
}

/** The account of the whole run. */
export function runReceiptOf(
  { runId, startedAt }: Run,
  streams: Readonly<Record<string, Receipt>>,
  nowMs: number,
): RunReceipt {
  const status = runStatus(Object.values(streams));
  return { runId, startedAt, finishedAt: timestamp(nowMs), status, streams };
}

interface CountingEngine extends Engine {
  operationsLeft(): number;
}

function countOperations(engine: Engine): CountingEngine {
  let operations = 0;
  return {
    mostOperations: engine.mostOperations,
    operationsLeft: () => engine.mostOperations - operations,
    step(name, work) {
      operations += 1;
      return engine.step(name, work);
    },
    wait(name, ms) {
      operations += 1;
      return engine.wait(name, ms);
    },
  };
}
