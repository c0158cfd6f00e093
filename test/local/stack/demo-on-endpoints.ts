import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { checkConfig } from '../../../config/check-config.ts';
import demoConfig from '../../../examples/demo.config.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../local/endpoints/embedded-aws.ts';
import { SIMULATOR_CREDENTIALS, type Simulator, startSimulator } from '../../../local/simulator/simulator.ts';
import type { Assembly } from '../../../local/stack/read-assembly.ts';
import { type LocalStack, startStack } from '../../../local/stack/start-stack.ts';
import { type Changeable, changed, synthesizeDemo } from '../../support/assembly.ts';

export const { environment, streams } = checkConfig(demoConfig);

let assembly: Assembly;
let procurios: Simulator;
/** The endpoints of all tests of the file. */
export let aws: EmbeddedAws;
beforeAll(async () => {
  [assembly, procurios, aws] = await Promise.all([
    synthesizeDemo(),
    startSimulator({ relations: 150 }),
    startEmbeddedAws(),
  ]);
});
afterAll(async () => {
  await aws?.close();
  await procurios?.close();
});

/** Starts the demo's stack and stores the client's credentials, as an operator does. */
export async function start(
  of: Assembly = assembly,
  onLog?: (id: string, line: string) => void,
  on: EmbeddedAws = aws,
) {
  const failures: unknown[] = [];
  const onFailure = (error: unknown) => failures.push(error);
  const stack = await startStack({ assembly: of, aws: on, procuriosHost: procurios.url, onLog, onFailure });
  on.secrets.put('procurios-sync/demo/client', JSON.stringify(SIMULATOR_CREDENTIALS));
  return { stack, failures };
}

/** Starts the stack of a changed template on endpoints of its own, because it may fail while tables are being created. */
export async function startChanged(change: (resources: Record<string, Changeable>) => unknown) {
  changedAws = await startEmbeddedAws();
  const started = await start(changed(assembly, change), undefined, changedAws);
  changedStack = started.stack;
  return started;
}
let changedAws: EmbeddedAws | undefined;
let changedStack: LocalStack | undefined;
afterEach(async () => {
  await changedStack?.close();
  await changedAws?.close();
  changedStack = undefined;
  changedAws = undefined;
});
