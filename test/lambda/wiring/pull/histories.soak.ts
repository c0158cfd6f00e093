import { expect, test } from '@jest/globals';
import { startEmbeddedAws } from '../../../../local/endpoints/embedded-aws.ts';
import { dynamoDbOf } from '../../../support/embedded-aws.ts';
import { sweepOverHttp } from '../../../support/wire/play.ts';

test('in 50 histories over HTTP no object is deleted that was listed throughout, none that is gone is forgotten, and the tables end as the listing', async () => {
  const aws = await startEmbeddedAws();
  const dynamoDb = dynamoDbOf(aws);
  try {
    const { failures, tombstones } = await sweepOverHttp(1, 50, dynamoDb);

    expect(failures).toEqual([]);
    expect(tombstones).toBeGreaterThan(200);
  } finally {
    dynamoDb.destroy();
    await aws.close();
  }
}, 900_000);
