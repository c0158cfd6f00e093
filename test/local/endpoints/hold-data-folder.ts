/** Process that holds the lock of the data folder in its argument until it is killed. */
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { startEmbeddedAws } from '../../../local/endpoints/embedded-aws.ts';

const { environment } = await startEmbeddedAws({ dataFolder: process.argv[2] });
Object.assign(process.env, environment);
const client = new DynamoDBClient();
await client.send(
  new CreateTableCommand({
    TableName: 'held',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: '_id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: '_id', AttributeType: 'S' }],
  }),
);
await client.send(new PutItemCommand({ TableName: 'held', Item: { _id: { S: '1' } } }));
process.stdout.write('held\n');
