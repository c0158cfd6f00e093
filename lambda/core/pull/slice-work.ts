import type { ReadingPorts } from './read-pages.ts';
import type { RunPorts, SliceStores } from './run-ports.ts';
import type { Stream } from './stream.ts';

/** What a slice works on, and with. */
export interface SliceWork {
  readonly runId: string;
  readonly stream: Stream;
  readonly stores: SliceStores;
  readonly ports: RunPorts;
  readonly reading: ReadingPorts;
}
