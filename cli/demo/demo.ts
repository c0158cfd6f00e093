import { relative } from 'node:path';
import { checkConfig } from '../../config/check-config.ts';
import demoConfig from '../../examples/demo.config.ts';
import { stringifyJson } from '../../lambda/core/json.ts';
import type { RunReceipt } from '../../lambda/core/pull/receipt.ts';
import type { Config } from '../../lambda/deployment/config.ts';
import { streamTableName } from '../../lambda/deployment/names.ts';
import { deleteQueues } from '../../local/endpoints/queues.ts';
import { deleteTables } from '../../local/endpoints/tables.ts';
import { type Control, SIMULATOR_CREDENTIALS, startSimulator } from '../../local/simulator/simulator.ts';
import { flagsOf } from '../../operator/options.ts';
import { DATA_FOLDER, openEmbedded, type Session } from '../../operator/session.ts';
import { readItem } from '../../operator/tables/read-items.ts';
import { duration, grouped } from '../../operator/words.ts';
import { exitCodeOf } from '../pull/pull.ts';
import { print } from '../terminal/output-lines.ts';
import { tableOf } from '../terminal/table.ts';
import { showPush } from './demo-push.ts';
import { DEMO_CONFIG, type DemoStack, openDemoStack } from './demo-stack.ts';

const RELATIONS = 3000;
/** The relation that the demo looks at in the end. */
const EDITED = 7;
/** The relation that outgrows what DynamoDB can hold. */
const OUTGROWN = 42;

/**
 * `procurios-sync demo`: the deployed stack, on this machine. A first pull, some edits in Procurios, a second pull that
 * writes only those, and changes on their way back. Procurios is simulated, AWS embedded: what the template names is made
 * anew there, the very bundles that would be uploaded run, and the tables are left for a look.
 */
export async function demo(): Promise<number> {
  const beganAt = performance.now();
  const procurios = await startSimulator({ relations: RELATIONS });
  try {
    const config = checkConfig(demoConfig, { host: procurios.url });
    await using session = await openEmbedded(config, { config: '', embedded: true }, deleteTables);
    await deleteQueues(session.sqs, config);
    session.aws.secrets.put(config.secretName, JSON.stringify(SIMULATOR_CREDENTIALS));

    print(
      `A simulated Procurios with ${grouped(RELATIONS)} people and organisations, and what cdk deploy would create, on`,
    );
    print(
      `this machine: tables in ${DATA_FOLDER}/, a queue, functions. Nothing leaves it: no AWS, no account.\n`,
    );
    await using stack = await openDemoStack(config, session, procurios.url);
    const code = await showPulls(config, session, stack, procurios.control);
    await showPush(config, session, stack, procurios.control);
    print(farewell(performance.now() - beganAt));
    return code;
  } finally {
    await procurios.close();
  }
}

/** @returns The exit code that the pulls come to. */
async function showPulls(
  config: Config,
  session: Session,
  stack: DemoStack,
  control: Control,
): Promise<number> {
  print('04:00, the schedule starts the pull: everything is new.');
  const first = await stack.pull();

  print('\nMeanwhile, people work in Procurios:');
  for (const line of edit(control)) print(`  ${line}`);

  print('\nThe next night: everything is read and compared, only what differs is written.');
  const second = await stack.pull();

  print(`\n${sideBySide(first, second)}\n`);
  print(await whatCameOfIt(config, session));
  return Math.max(exitCodeOf(first), exitCodeOf(second));
}

/** Changes the environment as people at work would, and says what was changed. */
function edit(control: Control): string[] {
  control.edit('relation', EDITED, { email_addresses: ['new.address@example.com'] });
  control.edit('relation', 1234, { last_name: 'van Buren' });
  control.create('relation', { first_name: 'Ada' });
  control.edit('relation', OUTGROWN, { remarks: 'A whole book. '.repeat(40_000) });
  control.merge(2000, 1999);
  for (let count = 0; count < 3; count += 1) control.create('contactMoment');
  control.create('order');
  return [
    `relation ${EDITED} gets another e-mail address, 1234 another name; one is added`,
    `relation ${OUTGROWN} gets 560 KB of remarks: more than an item in DynamoDB can hold`,
    'relation 2000 is merged into 1999: it leaves the list and enters the archive',
    'three contact moments and an order come in',
  ];
}

function sideBySide(first: RunReceipt, second: RunReceipt): string {
  const receipts = Object.entries(second.streams);
  const numbers = (head: string, values: readonly (number | undefined)[]) => ({
    head,
    cells: values.map((value) => grouped(value ?? 0)),
    isNumber: true,
  });
  const columns = [
    { head: 'stream', cells: receipts.map(([stream]) => stream) },
    numbers(
      '1st: written',
      receipts.map(([stream]) => first.streams[stream]?.written),
    ),
    numbers(
      '2nd: written',
      receipts.map(([, { written }]) => written),
    ),
    ...(['unchanged', 'rejected', 'requests'] as const).map((name) =>
      numbers(
        name,
        receipts.map(([, receipt]) => receipt[name]),
      ),
    ),
  ];
  return tableOf(columns, undefined);
}

async function whatCameOfIt(config: Config, session: Session): Promise<string> {
  const item = await readItem(
    session.dynamoDb,
    streamTableName(config.environment, 'members'),
    String(EDITED),
  );
  const address = stringifyJson(item?.email_addresses ?? null);
  return `members ${EDITED}     its item now has email_addresses ${address}
members ${OUTGROWN}    rejected, with its reason; its item is as it was
members 2000  still there: deletes are not carried yet`;
}

function farewell(elapsedMs: number): string {
  const flags = flagsOf({ config: relative(process.cwd(), DEMO_CONFIG), embedded: true });
  return `
Done in ${duration(elapsedMs)}. The tables are still there. Look at them:
  npx procurios-sync show members${flags}
  npx procurios-sync show members ${EDITED}${flags}
  npx procurios-sync show members --rejects${flags}
  npx procurios-sync export orders --format csv${flags}
  npx procurios-sync changes show no-answer${flags}
Break a simulated Procurios yourself:
  npx procurios-sync simulator
Pull from your own:
  npx procurios-sync discover
  npx procurios-sync pull --embedded`;
}
