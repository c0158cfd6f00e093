import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { DataFolderBroken, DataFolderInUse } from '../../../local/endpoints/data-folder-lock.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../local/endpoints/embedded-aws.ts';
import { startEmbeddedDynamoDb } from '../../../local/endpoints/embedded-dynamodb.ts';
import { closeAfterTest, dynamoDbOf, rawDynamoDb, SIGNED } from '../../support/embedded-aws.ts';
import { disconnectWhileWriting } from './disconnect-while-writing.ts';

const THINGS: CreateTableCommandInput = {
  TableName: 'things',
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [{ AttributeName: '_id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: '_id', AttributeType: 'S' }],
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embedded-aws-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** In memory, for the tests that neither close it nor look at a data folder. */
let aws: EmbeddedAws;
let client: DynamoDBClient;
beforeAll(async () => {
  aws = await startEmbeddedAws();
  client = dynamoDbOf(aws);
  await client.send(new CreateTableCommand(THINGS));
});
afterAll(() => aws?.close());

/** Starts the DynamoDB endpoint alone, for the tests that close it. */
async function startWithTable(path?: string) {
  const endpoint = closeAfterTest(await startEmbeddedDynamoDb(path));
  const own = dynamoDbOf(aws, endpoint.url);
  await own.send(new CreateTableCommand(THINGS));
  return { endpoint, client: own };
}

describe('embedded DynamoDB', () => {
  test('a later start on the same data folder finds tables and items', async () => {
    const first = closeAfterTest(await startEmbeddedAws({ dataFolder: folder }));
    await dynamoDbOf(first).send(new CreateTableCommand(THINGS));
    await dynamoDbOf(first).send(new PutItemCommand({ TableName: 'things', Item: { _id: { S: '1' } } }));
    await first.close();

    const second = closeAfterTest(await startEmbeddedAws({ dataFolder: folder }));
    const { Item } = await dynamoDbOf(second).send(
      new GetItemCommand({ TableName: 'things', Key: { _id: { S: '1' } } }),
    );

    expect(Item).toEqual({ _id: { S: '1' } });
  });

  test('without a folder, nothing is kept on disk', async () => {
    const first = await startWithTable();
    await first.client.send(new PutItemCommand({ TableName: 'things', Item: { _id: { S: '1' } } }));
    await first.endpoint.close();

    const second = await startWithTable();

    await expect(
      second.client.send(new GetItemCommand({ TableName: 'things', Key: { _id: { S: '1' } } })),
    ).resolves.not.toHaveProperty('Item');
    await expect(readdir(folder)).resolves.toEqual([]);
  });

  test('attributes named like members of JavaScript objects are kept, at every depth', async () => {
    const nested =
      '{"M":{"__proto__":{"M":{"__proto__":{"S":"deep"}}},"constructor":{"L":[{"M":{"__proto__":{"N":"1"}}}]}}}';
    const item = `{"_id":{"S":"1"},"__proto__":{"S":"top"},"constructor":{"S":"c"},"toString":${nested}}`;

    await rawDynamoDb(aws, 'PutItem', `{"TableName":"things","Item":${item}}`);
    await rawDynamoDb(
      aws,
      'BatchWriteItem',
      `{"RequestItems":{"things":[{"PutRequest":{"Item":${item.replace('1', '2')}}}]}}`,
    );

    await expect(rawDynamoDb(aws, 'GetItem', '{"TableName":"things","Key":{"_id":{"S":"1"}}}')).resolves.toBe(
      `{"Item":${item}}`,
    );
    await expect(
      rawDynamoDb(aws, 'BatchGetItem', '{"RequestItems":{"things":{"Keys":[{"_id":{"S":"2"}}]}}}'),
    ).resolves.toBe(`{"Responses":{"things":[${item.replace('1', '2')}]},"UnprocessedKeys":{}}`);
  });

  test('the __proto__ accessor outside the worker thread is untouched', () => {
    expect(Object.hasOwn(Object.prototype, '__proto__')).toBe(true);
  });

  test('a web page has no access to the endpoint', async () => {
    const response = await fetch(aws.environment.AWS_ENDPOINT_URL_DYNAMODB ?? '', {
      method: 'OPTIONS',
      // Such a request has no authorization, and is refused for that already.
      headers: {
        authorization: SIGNED,
        origin: 'https://example.com',
        'access-control-request-method': 'POST',
      },
    });

    expect(response.status).toBe(404);
    expect(response.headers.has('access-control-allow-origin')).toBe(false);
  });

  test('a client that disconnects in the middle of a request does not end the endpoint', async () => {
    const socket = await openSocket(aws);

    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"TableName"');
    // The answer to a later request shows that the server has read the first one.
    await client.send(new GetItemCommand({ TableName: 'things', Key: { _id: { S: '1' } } }));
    socket.resetAndDestroy();

    await expect(
      client.send(new GetItemCommand({ TableName: 'things', Key: { _id: { S: '1' } } })),
    ).resolves.toBeDefined();
  });

  test('the endpoint closes although clients disconnect in the middle of their writes, and its data folder can be opened again', async () => {
    for (const ms of [5, 15, 30]) await disconnectWhileWriting(folder, ms);

    closeAfterTest(await startEmbeddedDynamoDb(folder));
  });

  test('the endpoint closes before the deadline although a client keeps its connection', async () => {
    const { endpoint } = await startWithTable();
    // The timer of the deadline never fires, so only the worker's own end can resolve `close`.
    const setTimer = jest.spyOn(globalThis, 'setTimeout').mockReturnValue({} as NodeJS.Timeout);

    const closed = endpoint.close();
    setTimer.mockRestore();

    await expect(closed).resolves.toBeUndefined();
  });
});

describe('embedded endpoints', () => {
  test('the endpoints listen on 127.0.0.1 only', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .map(({ address }) => address)
      .filter((address) => address !== '127.0.0.1');

    const answers = await Promise.all(
      ['AWS_ENDPOINT_URL_DYNAMODB', 'AWS_ENDPOINT_URL_SECRETS_MANAGER'].flatMap((name) => {
        const { port, hostname } = new URL(aws.environment[name] ?? '');
        expect(hostname).toBe('127.0.0.1');
        return [...others, '127.0.0.2'].map((address) => canConnect(address, Number(port)));
      }),
    );

    expect(answers).toEqual(answers.map(() => false));
  });

  test('closing a second time is a no-op', async () => {
    const own = await startEmbeddedAws({ dataFolder: folder });

    await Promise.all([own.close(), own.close()]);

    await expect(own.close()).resolves.toBeUndefined();
  });
});

describe('data folder', () => {
  test('is created for its owner only, because the tables hold personal data', async () => {
    const own = join(folder, 'own');
    closeAfterTest(await startEmbeddedAws({ dataFolder: own }));

    // Windows has no modes.
    expect((await stat(own)).mode & (process.platform === 'win32' ? 0 : 0o077)).toBe(0);
  });

  test('a second start on a data folder is refused, and the error names the folder in one line', async () => {
    closeAfterTest(await startEmbeddedAws({ dataFolder: folder }));

    const second = startEmbeddedAws({ dataFolder: folder });

    await expect(second).rejects.toBeInstanceOf(DataFolderInUse);
    await expect(second).rejects.toThrow(
      `the data folder ${folder} is in use by another procurios-sync: wait for it to end, or stop it`,
    );
  });

  test('a data folder is in use while another process has it, and free once that process is killed', async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'hold-data-folder.ts'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
      // The variables of the endpoints must take precedence over the user's.
      env: { ...process.env, AWS_PROFILE: 'no-such-profile' },
    });
    const exited = once(child, 'exit');
    await once(child.stdout, 'data');

    const whileHeld = await startEmbeddedAws({ dataFolder: folder }).catch((error: unknown) => error);
    child.kill('SIGKILL');
    await exited;
    const after = closeAfterTest(await startEmbeddedAws({ dataFolder: folder }));

    expect(whileHeld).toBeInstanceOf(DataFolderInUse);
    await expect(
      dynamoDbOf(after).send(new GetItemCommand({ TableName: 'held', Key: { _id: { S: '1' } } })),
    ).resolves.toMatchObject({ Item: { _id: { S: '1' } } });
  });

  test.each(['dynamodb', 'lock'])(
    'a data folder with a damaged %s database is refused in one line and not left locked',
    async (database) => {
      await (await startEmbeddedAws({ dataFolder: folder })).close();
      const current = join(folder, database, 'CURRENT');
      const good = await readFile(current);
      await writeFile(current, 'damaged');

      const start = startEmbeddedAws({ dataFolder: folder });

      await expect(start).rejects.toBeInstanceOf(DataFolderBroken);
      await expect(start).rejects.toThrow(/^the data folder .* is damaged: mv .* then pull again, /);
      await writeFile(current, good);
      closeAfterTest(await startEmbeddedAws({ dataFolder: folder }));
    },
  );

  test('a data folder on a full disk is named as that, and no one is told to move it away', async () => {
    await mkdir(join(folder, 'dynamodb'));
    await symlink('/dev/full', join(folder, 'dynamodb', 'MANIFEST-000001'));

    const start = startEmbeddedAws({ dataFolder: folder });

    await expect(start).rejects.toBeInstanceOf(DataFolderBroken);
    await expect(start).rejects.toThrow(
      `the data folder ${folder} is on a disk that is full (ENOSPC): free some space, and run the command again`,
    );
  });

  test('a database that fails after the start is reported, and the endpoints can be closed', async () => {
    await mkdir(join(folder, 'dynamodb'));
    // The second opening writes this file, and the first one only looks whether the database is sound.
    await symlink('/dev/full', join(folder, 'dynamodb', 'MANIFEST-000004'));
    const { promise: failed, resolve: onFailure } = Promise.withResolvers<unknown>();
    const full = closeAfterTest(await startEmbeddedAws({ dataFolder: folder, onFailure }));

    const create = dynamoDbOf(full).send(new CreateTableCommand(THINGS));

    expect(await failed).toBeInstanceOf(DataFolderBroken);
    await expect(create).rejects.toThrow();
  });

  test('a data folder that cannot be created is refused', async () => {
    const start = startEmbeddedAws({ dataFolder: join(process.execPath, 'folder') });

    await expect(start).rejects.toMatchObject({ name: 'DataFolderBroken', cause: { code: 'ENOTDIR' } });
  });
});

async function openSocket(aws: EmbeddedAws) {
  const { port } = new URL(aws.environment.AWS_ENDPOINT_URL_DYNAMODB ?? '');
  const socket = connect(Number(port), '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

async function canConnect(address: string, port: number): Promise<boolean> {
  const socket = connect(port, address);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  const connected = await promise;
  socket.destroy();
  return connected;
}
