import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { listPlainly } from './plain-listing.ts';
import { type Round, serveRounds, tableNameOf } from './round.ts';

const documents = DynamoDBDocumentClient.from(new DynamoDBClient());

serveRounds(async (round: Round) => {
  let written = 0;
  for await (const objects of listPlainly(round)) {
    for (let start = 0; start < objects.length; start += 25) {
      const requests = objects.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
      await documents.send(new BatchWriteCommand({ RequestItems: { [tableNameOf(round)]: requests } }));
      written += requests.length;
    }
  }
  return { fetched: written, written };
});
