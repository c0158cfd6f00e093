import recommended from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };

/**
 * The feature flags that `cdk init` writes into a new project's `cdk.json` with this version of the CDK, and our changes to them.
 * They are in code, so that the template is the same however the app is run.
 *
 * @see https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/cx-api/FEATURE_FLAGS.md
 */
export const FEATURE_FLAGS = {
  ...recommended,
  '@aws-cdk/core:target-partitions': ['aws'],
  // Recommended as well, but set here because we rely on it: a template that breaks CloudFormation's rules fails the synthesis.
  '@aws-cdk/core:validateAgainstDefaultRules': true,
};
