import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { listPlainly } from './plain-listing.ts';
import { type Round, serveRounds, tableNameOf } from './round.ts';

const documents = DynamoDBDocumentClient.from(new DynamoDBClient());

serveRounds(async (round: Round) => {
  let written = 0;
  for await (const objects of listPlainly(round)) {
    for (const object of objects) {
      await documents.send(new PutCommand({ TableName: tableNameOf(round), Item: object }));
      written += 1;
    }
  }
  return { fetched: written, written };
});
