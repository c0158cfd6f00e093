import type { SyncError } from '../../lambda/core/errors.ts';

/** The fix if the stack lacks something. */
export const RUN_DEPLOY = 'npx cdk deploy';

/**
 * The fix if something in AWS is missing or differs from the template. A deployment changes only what differs between two
 * templates, so it does not see what was changed or deleted by hand.
 */
export const DEPLOY_OR_REVERT =
  'npx cdk deploy; if it was changed or deleted by hand, npx cdk drift shows it and npx cdk deploy --revert-drift puts it back';

/** The fix if AWS does not know the caller. */
const SIGN_IN = 'sign in to AWS and set AWS_PROFILE and AWS_REGION, or add --embedded to work without AWS';

/** The fix if AWS refuses a request. */
export function fixOfRefusal({ detail: { missingRight } }: SyncError): string {
  return missingRight === undefined
    ? SIGN_IN
    : `let an administrator allow ${missingRight}; docs/deploy.md#permissions lists the rights of every command`;
}
