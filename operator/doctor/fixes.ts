/** What to do where something in AWS is missing or broken. */
export const DEPLOYING = 'npx cdk deploy';

/** What to do where AWS does not let us look. */
export const SIGNING_IN =
  'sign in to AWS and set AWS_PROFILE and AWS_REGION, or add --embedded to work without AWS';
