import type { Template } from 'aws-cdk-lib/assertions';
import type { ProxiedCall } from './fault-proxy.ts';
import type { Statement } from './rights.ts';
import { resourcesOf } from './synthesize.ts';

interface Keyed {
  readonly pk?: { readonly S: string };
}
interface Body {
  readonly TableName?: string;
  readonly QueueName?: string;
  readonly QueueUrl?: string;
  readonly Key?: Keyed;
  readonly Item?: Keyed;
  readonly ExpressionAttributeValues?: Readonly<Record<string, { readonly S: string }>>;
  readonly RequestItems?: Readonly<
    Record<string, readonly { PutRequest?: { Item: Keyed }; DeleteRequest?: { Key: Keyed } }[]>
  >;
}

/** A call as IAM sees it. */
export interface Use {
  /** `dynamodb:GetItem`. */
  readonly action: string;
  /** Name of the table or queue. */
  readonly resource: string;
  /** The partition key; absent: it has no keys that matter to a right. */
  readonly key: string | undefined;
}

/** What a call to DynamoDB or SQS takes rights for. */
export function usesOf({ action: called, body }: ProxiedCall): Use[] {
  const {
    TableName,
    Key,
    Item,
    ExpressionAttributeValues,
    RequestItems = {},
    ...queue
  } = JSON.parse(body) as Body;
  const queueName = queue.QueueName ?? queue.QueueUrl?.replace(/^.*\//, '');
  if (queueName !== undefined) {
    // Batches of SQS take the right of the single call.
    return [{ action: `sqs:${called.replace(/Batch$/, '')}`, resource: queueName, key: undefined }];
  }
  const action = `dynamodb:${called}`;
  if (TableName !== undefined) {
    const key =
      (Key ?? Item)?.pk?.S ??
      (ExpressionAttributeValues?.[':pk'] ?? ExpressionAttributeValues?.[':outcome'])?.S;
    return [{ action, resource: TableName, key }];
  }
  return Object.entries(RequestItems).flatMap(([resource, requests]) =>
    Array.isArray(requests)
      ? requests.map(({ PutRequest, DeleteRequest }) => ({
          action,
          resource,
          key: (PutRequest?.Item ?? DeleteRequest?.Key)?.pk?.S,
        }))
      : [{ action, resource, key: undefined }],
  );
}

/** The partition keys that a statement is for; none: any. */
export function keysOf({ Condition }: Statement): readonly string[] {
  return [Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? []].flat() as string[];
}

export function matches(pattern: string, key: string | undefined): boolean {
  return pattern.endsWith('*') ? (key?.startsWith(pattern.slice(0, -1)) ?? false) : key === pattern;
}

/** @returns The uses that a template's statements do not allow. */
export function refused(uses: readonly Use[], granted: readonly Statement[], template: Template): Use[] {
  const ids = new Map(
    ['AWS::DynamoDB::GlobalTable', 'AWS::SQS::Queue']
      .flatMap((type) => resourcesOf(template, type))
      .map(([id, { Properties }]) => [Properties.TableName ?? Properties.QueueName, id]),
  );
  const isAllowed = ({ action, resource, key }: Use) =>
    granted.some((statement) => {
      const keys = keysOf(statement);
      return (
        [statement.Action].flat().includes(action) &&
        JSON.stringify(statement.Resource).includes(`"${ids.get(resource)}"`) &&
        (keys.length === 0 || keys.some((pattern) => matches(pattern, key)))
      );
    });
  return uses.filter((use) => !isAllowed(use));
}

/** The actions of a kind, each once, in the order of the alphabet. */
export function actionsOf(uses: readonly Use[], resource: string): string[] {
  return [...new Set(uses.filter((use) => use.resource === resource).map(({ action }) => action))].sort();
}
