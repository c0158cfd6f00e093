/**
 * The credentials of a function: the keys of its role, which Lambda puts in the variables `AWS_ACCESS_KEY_ID`,
 * `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`. The bundles have this module in place of the SDK's default chain of credentials,
 * so its export has the chain's name.
 *
 * A client reads the variables at its first call only, because Lambda gives an execution environment other keys only by replacing
 * it. Each invocation of a durable execution has the keys of the environment that it runs in. A function with SnapStart, which Lambda
 * does not offer for Node, would need the chain, because Lambda gives it keys at an address instead.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 * @see https://docs.aws.amazon.com/lambda/latest/dg/snapstart-activate.html#snapstart-credentials
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
