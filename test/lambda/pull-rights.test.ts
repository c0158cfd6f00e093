import { expect, test } from '@jest/globals';
import { stateTableName } from '../../lambda/config/names.ts';
import { SIMULATOR_CREDENTIALS } from '../../local/simulator/simulator.ts';
import { CLIENT_SECRET, deployPull, SHORT_SLICES } from '../support/deployed-pull.ts';
import type { ProxiedCall } from '../support/fault-proxy.ts';
import { rightsOf, type Statement } from '../support/rights.ts';
import { resourcesOf, synthesize } from '../support/synthesize.ts';

interface Keyed {
  readonly pk?: { readonly S: string };
}
interface Body {
  readonly TableName?: string;
  readonly Key?: Keyed;
  readonly Item?: Keyed;
  readonly ExpressionAttributeValues?: Readonly<Record<string, { readonly S: string }>>;
  readonly RequestItems?: Readonly<
    Record<string, readonly { PutRequest?: { Item: Keyed }; DeleteRequest?: { Key: Keyed } }[]>
  >;
}

/** A call as IAM sees it. */
interface Use {
  readonly action: string;
  readonly table: string;
  /** The partition key; absent: the table has no keys that matter to a right. */
  readonly key: string | undefined;
}

function usesOf({ action, body }: ProxiedCall): Use[] {
  const { TableName, Key, Item, ExpressionAttributeValues, RequestItems = {} } = JSON.parse(body) as Body;
  if (TableName !== undefined) {
    const key = (Key ?? Item)?.pk?.S ?? ExpressionAttributeValues?.[':pk']?.S;
    return [{ action, table: TableName, key }];
  }
  return Object.entries(RequestItems).flatMap(([table, requests]) =>
    Array.isArray(requests)
      ? requests.map(({ PutRequest, DeleteRequest }) => ({
          action,
          table,
          key: (PutRequest?.Item ?? DeleteRequest?.Key)?.pk?.S,
        }))
      : [{ action, table, key: undefined }],
  );
}

function keysOf({ Condition }: Statement): readonly string[] | undefined {
  return [Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? []].flat() as string[];
}

const matches = (pattern: string, key: string | undefined) =>
  pattern.endsWith('*') ? key?.startsWith(pattern.slice(0, -1)) : key === pattern;

test('the pull makes no call to DynamoDB that the stack does not allow it, and needs every right it has', async () => {
  await using deployed = await deployPull({ relations: 250, requestsPerSecond: 100 });
  const { aws, proxy, config } = deployed;
  aws.secrets.put(CLIENT_SECRET, JSON.stringify(SIMULATOR_CREDENTIALS));
  const uses: Use[] = [];
  proxy.onCall((call) => {
    uses.push(...usesOf(call));
    return undefined;
  });

  const execution = await deployed.execute(SHORT_SLICES);

  expect(execution.status).toBe('SUCCEEDED');
  const template = synthesize(config);
  const names = new Map(
    resourcesOf(template, 'AWS::DynamoDB::GlobalTable').map(([id, { Properties }]) => [
      Properties.TableName,
      id,
    ]),
  );
  const granted = rightsOf(template, 'PullFunctionRole');
  const isAllowed = ({ action, table, key }: Use) =>
    granted.some((statement) => {
      const keys = keysOf(statement) ?? [];
      return (
        [statement.Action].flat().includes(`dynamodb:${action}`) &&
        JSON.stringify(statement.Resource).includes(`"${names.get(table)}"`) &&
        (keys.length === 0 || keys.some((pattern) => matches(pattern, key)))
      );
    });
  expect(uses.filter((use) => !isAllowed(use))).toEqual([]);

  const onState = uses.filter(({ table }) => table === stateTableName(config.environment));
  const ofState = granted.find((statement) => keysOf(statement)?.length);
  expect([...new Set(onState.map(({ action }) => `dynamodb:${action}`))].sort()).toEqual(ofState?.Action);
  expect(
    keysOf(ofState as Statement)?.filter((each) => !onState.some(({ key }) => matches(each, key))),
  ).toEqual([]);
}, 120_000);
