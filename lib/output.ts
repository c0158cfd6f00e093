import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { OUTPUTS } from '../lambda/deployment/names.ts';

/** An output of the stack that has just that name, whatever construct it is made in. */
export function output(scope: Construct, name: (typeof OUTPUTS)[keyof typeof OUTPUTS], value: string): void {
  new CfnOutput(scope, name, { value }).overrideLogicalId(name);
}
