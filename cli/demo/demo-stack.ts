import { fileURLToPath } from 'node:url';
import { listRunReceipts } from '../../lambda/aws/state/run-store.ts';
import { createStateTable } from '../../lambda/aws/state/state-table.ts';
import type { RunReceipt } from '../../lambda/core/pull/receipt.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { stateTableName } from '../../lambda/deployment/names.ts';
import { readAssembly } from '../../local/stack/read-assembly.ts';
import { type LocalStack, startStack } from '../../local/stack/start-stack.ts';
import { synthesize } from '../../local/stack/synthesize.ts';
import type { EmbeddedSession, Session } from '../../operator/session.ts';
import { say } from '../terminal/output-lines.ts';
import { createProgress, isTerminal } from '../terminal/progress.ts';
import { progressOfLog } from '../terminal/progress-from-log.ts';
import { createStatusLine } from '../terminal/status-line.ts';

/** The demo's stack at work on this machine. */
export interface DemoStack extends AsyncDisposable {
  /** Has the schedule's time come, shows how the run gets on, and gives its receipt. */
  pull(): Promise<RunReceipt>;
  /** Resolves once no change is on its way any more. */
  idle(): Promise<void>;
}

const example = (name: string): string =>
  fileURLToPath(new URL(`../../examples/${name}.config.ts`, import.meta.url));

/** The demo's config, as commands take it. */
export const DEMO_CONFIG: string = example('demo');

/**
 * Synthesizes the demo's stack, where none of the same sources is there, and creates it on the embedded endpoints.
 *
 * @param procuriosHost - The simulator's address.
 */
export async function openDemoStack(
  config: Config,
  session: EmbeddedSession,
  procuriosHost: string,
): Promise<DemoStack> {
  const assembly = await readAssembly(await synthesizeDemo());
  const onLines = new Set<(line: string) => void>();
  const stack = await startStack({
    assembly,
    aws: session.aws,
    procuriosHost,
    onLog(_functionId, line) {
      for (const onLine of onLines) onLine(line);
    },
    onFailure: (error) => say(`a function failed: ${(error as Error).message}`),
  });
  return {
    async pull() {
      using progress = createProgress(config.streams, false);
      const onLine = progressOfLog(progress, config.streams);
      onLines.add(onLine);
      try {
        return await pullOnce(stack, config, session);
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

async function pullOnce(stack: LocalStack, config: Config, { dynamoDb }: Session): Promise<RunReceipt> {
  const ran = await stack.runSchedule();
  const state = createStateTable(dynamoDb, stateTableName(config.environment));
  const [receipt] = await listRunReceipts(state, 1);
  if (receipt !== undefined) return receipt;
  throw new Error(`the pull left no receipt: ${'error' in ran ? ran.error?.message : ''}`);
}
