import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, jest } from '@jest/globals';
import { type EmbeddedAws, startEmbeddedAws } from '../../local/endpoints/embedded-aws.ts';
import { deleteTable } from '../../local/endpoints/tables.ts';
import { startEndpoints } from '../../operator/embedded-endpoints.ts';
import { DATA_FOLDER } from '../../operator/session.ts';
import { dynamoDbOf } from './embedded-aws.ts';

type StartEndpoints = typeof startEndpoints;

/** Endpoints by data folder. They stay open between two commands. */
const kept = new Map<string, EmbeddedAws>();
/** The endpoints for all data folders, and the folder of the last command. */
let shared: { readonly aws: EmbeddedAws; folder: string } | undefined;
let areOwn = false;

/**
 * Keeps the endpoints of `--embedded` open between the commands that this file runs in its process, because each start takes
 * half a second of CPU. A command still finds no secrets of an earlier one.
 */
export function keepEndpoints(): void {
  replaceStart(async (dataFolder) => {
    const folder = resolve(dataFolder);
    const opened = kept.get(folder) ?? (await startEndpoints(dataFolder));
    kept.set(folder, opened);
    return opened;
  });
}

/** The endpoints that a command in this folder used. */
export function keptEndpoints(cwd: string): EmbeddedAws {
  const aws = kept.get(resolve(cwd, DATA_FOLDER));
  if (aws === undefined) throw new Error('no command has opened endpoints in this folder');
  return aws;
}

/** Closes the kept endpoints, so the next command or another process opens the data folder anew. */
export async function closeEndpoints(): Promise<void> {
  const opened = [...kept.values()];
  kept.clear();
  await Promise.all(opened.map((aws) => aws.close()));
}

/**
 * As {@link keepEndpoints}, for a file whose tests each have a folder. One set of endpoints, in memory, serves all of them. The
 * first command in a folder finds no tables. No command may use a queue.
 */
export function shareEndpoints(): void {
  replaceStart(async (dataFolder) => {
    if (areOwn) return await startEndpoints(dataFolder);
    const folder = resolve(dataFolder);
    await mkdir(folder, { recursive: true });
    shared ??= { aws: await startEmbeddedAws(), folder };
    if (shared.folder !== folder) await empty(shared.aws);
    shared.folder = folder;
    return shared.aws;
  });
  afterEach(() => {
    areOwn = false;
  });
}

/** Gives each command of this test the endpoints of its data folder, although the file shares endpoints. */
export function useOwnEndpoints(): void {
  areOwn = true;
}

function replaceStart(start: StartEndpoints): void {
  jest.unstable_mockModule('../../operator/embedded-endpoints.ts', () => ({
    startEndpoints: async (dataFolder: string) =>
      areOwn ? await start(dataFolder) : lend(await start(dataFolder)),
  }));
  afterAll(async () => {
    await closeEndpoints();
    await shared?.aws.close();
  });
}

/** Endpoints that stay open when a command closes them, and then have none of the secrets that the command put. */
function lend(aws: EmbeddedAws): EmbeddedAws {
  const names = new Set<string>();
  return {
    ...aws,
    secrets: {
      put(name, value) {
        names.add(name);
        aws.secrets.put(name, value);
      },
      delete: (name) => aws.secrets.delete(name),
    },
    async close() {
      for (const name of names) aws.secrets.delete(name);
    },
  };
}

async function empty(aws: EmbeddedAws): Promise<void> {
  const dynamoDb = dynamoDbOf(aws);
  const { TableNames = [] } = await dynamoDb.send(new ListTablesCommand());
  for (const name of TableNames) await deleteTable(dynamoDb, name);
  dynamoDb.destroy();
}
