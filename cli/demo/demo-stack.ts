import { fileURLToPath } from 'node:url';
import type { Receipt, RunReceipt } from '../../lambda/core/pull/receipt.ts';
import { readAssembly } from '../../local/stack/read-assembly.ts';
import { type LocalStack, startStack } from '../../local/stack/start-stack.ts';
import { synthesize } from '../../local/stack/synthesize.ts';
import type { EmbeddedSession, Session } from '../../operator/session.ts';
import { readLatestReceipt } from '../../operator/status/latest-receipt.ts';
import { say } from '../terminal/output-lines.ts';
import { createProgress, isTerminal } from '../terminal/progress.ts';
import { progressOfLog } from '../terminal/progress-from-log.ts';
import { createStatusLine } from '../terminal/status-line.ts';

/** The demo's stack, running on this machine. */
export interface DemoStack extends AsyncDisposable {
  /**
   * Starts the schedule as at 04:00, shows what became of the streams, and returns the run's receipt.
   *
   * @param isShown - Whether a stream with this receipt is shown. @default - All are.
   */
  pull(isShown?: (receipt: Receipt) => boolean): Promise<RunReceipt>;
  /** Resolves when the queue is empty and no change is in flight. */
  idle(): Promise<void>;
}

const example = (name: string): string =>
  fileURLToPath(new URL(`../../examples/${name}.config.ts`, import.meta.url));

/** The path of the demo's config, for the flags of other commands. */
export const DEMO_CONFIG: string = example('demo');

/**
 * Creates the demo's stack on the embedded endpoints. Synthesizes it first, unless the sources are unchanged.
 *
 * @param procuriosHost - The simulator's address.
 * @param now - Returns the functions' time, in milliseconds since the epoch.
 */
export async function openDemoStack(
  session: EmbeddedSession,
  procuriosHost: string,
  now: () => number,
): Promise<DemoStack> {
  const assembly = await readAssembly(await synthesizeDemo());
  const { streams } = session.config;
  const onLines = new Set<(line: string) => void>();
  const stack = await startStack({
    assembly,
    aws: session.aws,
    procuriosHost,
    now,
    onLog(_functionId, line) {
      for (const onLine of onLines) onLine(line);
    },
    onFailure: (error) => say(`a function failed: ${(error as Error).message}`),
  });
  return {
    async pull(isShown = () => true) {
      using progress = createProgress(streams, false);
      const onLine = progressOfLog(
        {
          ...progress,
          streamEnds(stream, ended) {
            if (isShown(ended)) progress.streamEnds(stream, ended);
          },
        },
        streams,
      );
      onLines.add(onLine);
      try {
        return await pullOnce(stack, session);
      } finally {
        onLines.delete(onLine);
      }
    },
    idle: () => stack.idle(),
    [Symbol.asyncDispose]: () => stack.close(),
  };
}

async function synthesizeDemo(): Promise<string> {
  using status = createStatusLine();
  return await synthesize({
    configFiles: [example('demo-stack'), DEMO_CONFIG],
    onBegin() {
      const line = 'synthesizing the stack and bundling its functions (once, until their sources change)';
      if (isTerminal()) status.show(line);
      else say(line);
    },
  });
}

async function pullOnce(stack: LocalStack, session: Session): Promise<RunReceipt> {
  const ran = await stack.runSchedule();
  const receipt = await readLatestReceipt(session);
  if (receipt !== undefined) return receipt;
  throw new Error(`the pull left no receipt: ${'error' in ran ? ran.error?.message : ''}`);
}
