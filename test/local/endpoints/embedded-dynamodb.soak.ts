import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from '@jest/globals';
import { startEmbeddedDynamoDb } from '../../../local/endpoints/embedded-dynamodb.ts';
import { disconnectWhileWriting } from './disconnect-while-writing.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embedded-aws-'));
});
afterEach(() => rm(folder, { recursive: true }));

test.each([5, 10, 15, 20, 25, 30])(
  'the endpoint closes although clients disconnect %d ms into their writes, and its data folder can be opened again',
  async (ms) => {
    await disconnectWhileWriting(folder, ms);

    await (await startEmbeddedDynamoDb(folder)).close();
  },
);
