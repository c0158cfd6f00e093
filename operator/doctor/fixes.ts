/** The fix if something in AWS is missing or broken. */
export const RUN_DEPLOY = 'npx cdk deploy';

/** The fix if AWS refuses a request. */
export const SIGN_IN =
  'sign in to AWS and set AWS_PROFILE and AWS_REGION, or add --embedded to work without AWS';
