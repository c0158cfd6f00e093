import { expect, test } from '@jest/globals';
import { startEmbeddedAws } from '../../../../local/endpoints/embedded-aws.ts';
import { dynamoDbOf } from '../../../support/embedded-aws.ts';
import { openMemoryShelf, openTables } from '../../../support/sweep/shelf.ts';
import { describeShares, NO_MISBEHAVIOUR, sweep } from '../../../support/sweep/sweep.ts';

test('no pull of 1,800 histories is complete while an object that stood throughout is missing or outdated', async () => {
  const { failures, shares } = await sweep(1001, 1800, openMemoryShelf);

  process.stdout.write(describeShares(shares));
  expect(failures).toEqual([]);
  expect(shares.get(NO_MISBEHAVIOUR)).toMatchObject({ incomplete: 0, failed: 0 });
});

test('neither is a pull of 200 histories into the embedded DynamoDB', async () => {
  const aws = await startEmbeddedAws();
  const dynamoDb = dynamoDbOf(aws);
  try {
    const { failures } = await sweep(5001, 200, openTables(dynamoDb));

    expect(failures).toEqual([]);
  } finally {
    dynamoDb.destroy();
    await aws.close();
  }
});
