import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/**
 * Allows these actions on items of the state table whose partition key is one of these.
 *
 * @param keys - Partition keys, in which `*` stands for any text: `walk#*`. Of an index: its own partition keys.
 * @param index - @default - The table itself.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export function stateRights(
  table: ITableV2,
  actions: readonly string[],
  keys: readonly string[],
  index?: string,
): PolicyStatement {
  return new PolicyStatement({
    actions: actions.map((action) => `dynamodb:${action}`),
    resources: [index === undefined ? table.tableArn : `${table.tableArn}/index/${index}`],
    conditions: {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys },
      // Without this, a call that names no key would pass the condition above.
      Null: { 'dynamodb:LeadingKeys': 'false' },
    },
  });
}
