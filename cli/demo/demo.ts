import { relative } from 'node:path';
import { checkConfig } from '../../config/check-config.ts';
import demoConfig from '../../examples/demo.config.ts';
import { deleteQueues } from '../../local/endpoints/queues.ts';
import { deleteTables } from '../../local/endpoints/tables.ts';
import { SIMULATOR_CREDENTIALS, startSimulator } from '../../local/simulator/simulator.ts';
import { flagsOf } from '../../operator/options.ts';
import { DATA_FOLDER, type EmbeddedSession, openEmbedded } from '../../operator/session.ts';
import { duration, grouped } from '../../operator/words.ts';
import { exitCodeOf } from '../pull/pull.ts';
import { print } from '../terminal/output-lines.ts';
import { showApproval } from './demo-approval.ts';
import { showChanges } from './demo-changes.ts';
import { createDemoClock } from './demo-clock.ts';
import {
  LEAVER,
  showFirstNight,
  showFourthNight,
  showSecondNight,
  showThirdNight,
  showWorkingDay,
} from './demo-nights.ts';
import { DEMO_CONFIG, openDemoStack } from './demo-stack.ts';

const RELATIONS = 1000;
const NIGHTS = 4;

/**
 * `procurios-sync demo`: the deployed stack, on this machine. Procurios is simulated and AWS is embedded. The template's
 * resources are created in it, and the bundles run that a deployment would upload. The tables stay afterwards.
 */
export async function demo(): Promise<number> {
  const beganAt = performance.now();
  const clock = createDemoClock(NIGHTS);
  const procurios = await startSimulator({ relations: RELATIONS, now: clock.now });
  try {
    const config = checkConfig(demoConfig, { host: procurios.url });
    await using session = await openEmbedded(config, { config: '', embedded: true }, deleteTables);
    await prepare(session);
    print(introduction());
    await using stack = await openDemoStack(session, procurios.url, clock.now);

    const first = await showFirstNight(stack);
    showWorkingDay(procurios.control);
    clock.nextDay();
    await showSecondNight(session, stack);
    clock.nextDay();
    await showThirdNight(session, stack, procurios.control);
    clock.nextDay();
    await showApproval(session, procurios.control);
    await showChanges(session, stack, procurios.control);
    const last = await showFourthNight(session, stack);

    print(farewell(performance.now() - beganAt));
    return Math.max(exitCodeOf(first), exitCodeOf(last));
  } finally {
    await procurios.close();
  }
}

/** Deletes the queues of an earlier demo, and stores the credentials, as an operator does after a deployment. */
async function prepare({ aws, sqs, config }: EmbeddedSession): Promise<void> {
  await deleteQueues(sqs, config);
  aws.secrets.put(config.secretName, JSON.stringify(SIMULATOR_CREDENTIALS));
}

function introduction(): string {
  return `\
A simulated Procurios with ${grouped(RELATIONS)} people and organisations, and what cdk deploy
would create, on this machine: tables in ${DATA_FOLDER}/, a queue, functions.
Nothing leaves it: no AWS, no account. Four nights, the last one today's.
`;
}

function farewell(elapsedMs: number): string {
  const flags = flagsOf({ config: relative(process.cwd(), DEMO_CONFIG), embedded: true });
  return `
Done in ${duration(elapsedMs)}. The tables stay. To look at them:
  npx procurios-sync show members${flags}
  npx procurios-sync explain members ${LEAVER}${flags}
  npx procurios-sync show members --rejects${flags}
  npx procurios-sync export orders --format csv${flags}
  npx procurios-sync changes show no-answer${flags}
To run the simulated Procurios yourself, and break it:
  npx procurios-sync simulator
To pull from your own Procurios:
  npx procurios-sync discover
  npx procurios-sync pull --embedded`;
}
