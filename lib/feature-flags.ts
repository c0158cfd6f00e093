import recommended from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };

/**
 * What `cdk init` would put into a new project's `cdk.json` with this version of the CDK, and where we leave that. In code, so that
 * the template is the same however the app is run.
 *
 * @see https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/cx-api/FEATURE_FLAGS.md
 */
export const FEATURE_FLAGS = {
  ...recommended,
  '@aws-cdk/core:target-partitions': ['aws'],
  // Among those that are recommended, and relied on: CloudFormation's own rules, checked without a network, fail the synthesis.
  '@aws-cdk/core:validateAgainstDefaultRules': true,
};
