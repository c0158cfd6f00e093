import { DescribeTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetQueueAttributesCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLedger } from '../../../lambda/aws/state/ledger.ts';
import { createStateTable } from '../../../lambda/aws/state/state-table.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../local/endpoints/embedded-aws.ts';
import type { BusEvent } from '../../../local/endpoints/embedded-event-bridge.ts';
import { EMBEDDED_CREDENTIALS } from '../../../local/endpoints/guard.ts';
import { createQueues } from '../../../local/endpoints/queues.ts';
import { createTables } from '../../../local/endpoints/tables.ts';
import { SIMULATOR_CREDENTIALS } from '../../../local/simulator/simulator.ts';
import type { LocalStack } from '../../../local/stack/start-stack.ts';
import { scanItems } from '../../../operator/tables/read-items.ts';
import { type Changeable, pick } from '../../support/assembly.ts';
import { closeAfterTest, dynamoDbOf, sqsOf } from '../../support/embedded-aws.ts';
import { aws, environment, start, startChanged, streams } from './demo-on-endpoints.ts';

const STATE_TABLE = 'procurios-sync-demo-state';

describe("the demo's stack", () => {
  let stack: LocalStack;
  let failures: unknown[];
  const events: BusEvent[] = [];
  const lines: string[] = [];
  beforeAll(async () => {
    aws.events.subscribe((event) => events.push(event));
    ({ stack, failures } = await start(undefined, (_id, line) => lines.push(line)));
  });
  afterAll(async () => {
    await stack?.close();
  });

  const entryOf = (id: string) => createLedger(createStateTable(dynamoDbOf(aws), STATE_TABLE)).read(id);
  const thing = (changeId: string) => ({
    changeId,
    operation: 'createThing',
    subject: 'thing/1',
    parameters: {},
    body: { title: 'hunter2' },
  });
  const eventBridge = () =>
    new EventBridgeClient({
      endpoint: aws.environment.AWS_ENDPOINT_URL_EVENTBRIDGE,
      region: 'eu-west-1',
      credentials: EMBEDDED_CREDENTIALS,
    });

  test('the schedule starts a pull of every stream, which ends with an event', async () => {
    const ran = await stack.runSchedule();

    const members: unknown[] = [];
    for await (const items of scanItems(dynamoDbOf(aws), 'procurios-sync-demo-members', {
      withDeleted: true,
    }))
      members.push(...items);
    expect(ran).toMatchObject({ status: 'SUCCEEDED', result: { status: 'complete' } });
    expect(members).toHaveLength(150);
    expect(events).toMatchObject([
      {
        source: 'procurios-sync',
        'detail-type': 'Procurios Pull Finished',
        detail: { status: 'complete', streams: { members: { written: 150 } } },
      },
    ]);
    expect(lines.join('\n')).not.toContain(SIMULATOR_CREDENTIALS.clientSecret);
  });

  test('a change that is put on the queue is sent, and the queue is empty afterwards', async () => {
    const sqs = sqsOf(aws.environment.AWS_ENDPOINT_URL_SQS);
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: `${aws.environment.AWS_ENDPOINT_URL_SQS}/000000000000/procurios-sync-demo-changes.fifo`,
        MessageBody: JSON.stringify(thing('by-queue')),
        MessageGroupId: 'thing/1',
        MessageDeduplicationId: 'by-queue',
      }),
    );

    await stack.idle();

    expect(await entryOf('by-queue')).toMatchObject({ outcome: 'accepted', status: 200 });
  });

  test('a change that arrives as an event is sent, and other events are ignored', async () => {
    const Entries = ['Procurios Change', 'Something Else'].map((DetailType) => ({
      Source: 'portal',
      DetailType,
      Detail: JSON.stringify({
        environment,
        ...thing(DetailType === 'Procurios Change' ? 'by-event' : 'not-ours'),
      }),
    }));

    const { FailedEntryCount } = await eventBridge().send(new PutEventsCommand({ Entries }));
    await stack.idle();

    expect(FailedEntryCount).toBe(0);
    expect(await entryOf('by-event')).toMatchObject({ outcome: 'accepted' });
    expect(await entryOf('not-ours')).toBeUndefined();
    expect(failures).toEqual([]);
  });

  test('the stack has the same tables and queues that the command line creates without it', async () => {
    const others = closeAfterTest(await startEmbeddedAws());
    const [own, other] = [aws, others].map((each) => sqsOf(each.environment.AWS_ENDPOINT_URL_SQS));
    await createTables(dynamoDbOf(others), { environment, streams });
    const urls = await createQueues(other as SQSClient, { environment });

    const tables = await Promise.all([aws, others].map(keysOfTables));
    const attributes = await Promise.all(
      Object.values(urls).map(async (url) => [
        await attributesOf(
          own as SQSClient,
          url.replace(/^.*(?=\/000000000000\/)/, aws.environment.AWS_ENDPOINT_URL_SQS ?? ''),
        ),
        await attributesOf(other as SQSClient, url),
      ]),
    );

    expect(Object.keys(tables[0] ?? {})).toHaveLength(streams.length + 1);
    expect(tables[1]).toEqual(tables[0]);
    for (const [deployed, embedded] of attributes) expect(embedded).toEqual(deployed);
  });
});

/** The keys of all tables of the endpoints, by the tables' names. */
async function keysOfTables(endpoints: EmbeddedAws) {
  const dynamoDb = dynamoDbOf(endpoints);
  const { TableNames = [] } = await dynamoDb.send(new ListTablesCommand());
  const keys = TableNames.map(async (TableName) => {
    const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName }));
    return [TableName, [Table?.KeySchema, Table?.AttributeDefinitions]] as const;
  });
  return Object.fromEntries(await Promise.all(keys));
}

async function attributesOf(client: SQSClient, QueueUrl: string) {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  return Object.fromEntries(
    Object.entries(Attributes).filter(([name]) => !/Timestamp$|^Approximate/.test(name)),
  );
}

describe('a template with a mistake', () => {
  const queue = (resources: Record<string, Changeable>) => pick(resources, 'AWS::SQS::Queue', 'PushQueue');
  const push = (resources: Record<string, Changeable>) =>
    pick(resources, 'AWS::Lambda::Function', 'PushFunction');

  test.each<[string, (resources: Record<string, Changeable>) => unknown, RegExp]>([
    [
      'a table key that is not an attribute',
      (resources) => {
        pick(resources, 'AWS::DynamoDB::GlobalTable', 'StateTable').Properties.KeySchema[0].AttributeName =
          'PK';
      },
      /^StateTable\w+: DynamoDB refuses the table procurios-sync-demo-state: /,
    ],
    [
      'a dead-letter queue that does not exist',
      (resources) => {
        queue(resources).Properties.RedrivePolicy.deadLetterTargetArn['Fn::GetAtt'][0] = 'Nowhere';
      },
      /^PushQueue\w+\.Properties\.RedrivePolicy\.deadLetterTargetArn\.Fn::GetAtt: the template has no resource Nowhere/,
    ],
    [
      'a visibility timeout shorter than the timeout of the function',
      (resources) => {
        queue(resources).Properties.VisibilityTimeout = 30;
      },
      /^PushFunctionSqsEventSource\w+\.Properties\.EventSourceArn: messages of PushQueue\w+ stay hidden for 30 s, less than the \d+ s that PushFunction\w+ may take/,
    ],
    [
      "another function's bundle missing",
      (resources) => {
        push(resources).Properties.Code.S3Key = 'gone.zip';
      },
      /^PushFunction\w+\.Properties\.Code\.S3Key: is not an asset of the assembly/,
    ],
    [
      'a schedule that starts the durable function by its bare name',
      (resources) => {
        const id = Object.keys(resources).find((each) => /^PullFunction[0-9A-F]{8}$/.test(each));
        pick(resources, 'AWS::Scheduler::Schedule').Properties.Target.Arn = { 'Fn::GetAtt': [id, 'Arn'] };
      },
      /^PullSchedule\w+\.Properties\.Target\.Arn: PullFunction\w+ is durable and can only be invoked by a version or an alias/,
    ],
    [
      'a rule with an unsupported filter',
      (resources) => {
        pick(resources, 'AWS::Events::Rule', 'PushChangeEvents').Properties.EventPattern = {
          source: [{ wildcard: '*' }],
        };
      },
      /^PushChangeEvents\w+\.Properties\.EventPattern\.source\.wildcard: is a filter that is not supported/,
    ],
    [
      'a resource of an unsupported type',
      (resources) => {
        resources.Bucket = { Type: 'AWS::S3::Bucket', Properties: {} };
      },
      /^Bucket\.Type: AWS::S3::Bucket is not supported on this machine/,
    ],
  ])('%s is refused, and the error names it', async (_what, change, message) => {
    await expect(startChanged(change)).rejects.toThrow(message);
  });

  test("another name for a stream's table fails the pull, and the error names the table", async () => {
    const { stack } = await startChanged((resources) => {
      const table = pick(resources, 'AWS::DynamoDB::GlobalTable', 'Streamschannels');
      table.Properties.TableName = 'procurios-sync-demo-channel';
    });

    const ran = await stack.runSchedule();

    const message = expect.stringMatching(/procurios-sync-demo-channels/);
    expect(ran).toMatchObject({ status: 'FAILED', error: { message } });
  });
});
