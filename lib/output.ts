import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { OUTPUTS } from '../lambda/deployment/names.ts';

/** Adds an output to the stack with exactly this name, without a prefix for the construct that adds it. */
export function output(scope: Construct, name: (typeof OUTPUTS)[keyof typeof OUTPUTS], value: string): void {
  new CfnOutput(scope, name, { value }).overrideLogicalId(name);
}
