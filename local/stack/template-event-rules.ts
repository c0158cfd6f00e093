import { z } from 'zod';
import type { BusEvent } from '../endpoints/embedded-event-bridge.ts';
import { compilePattern } from './event-pattern.ts';
import {
  type Resolver,
  type Resource,
  readProperties,
  resourcesOf,
  type Template,
  unsupported,
} from './template.ts';
import type { FunctionTarget, TemplateFunctions } from './template-functions.ts';

/** An event rule of the template on the default bus. */
export interface EventRule {
  readonly id: string;
  readonly matches: (event: BusEvent) => boolean;
  readonly targets: readonly FunctionTarget[];
}

const RULE = z.object({
  EventBusName: z
    .literal('default', { error: 'is not supported on this machine, only the default bus' })
    .optional(),
  EventPattern: z.record(z.string(), z.unknown()),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Targets: z.array(
    z.object({
      Arn: z.string(),
      Input: unsupported(),
      InputPath: unsupported(),
      InputTransformer: unsupported(),
    }),
  ),
});

/**
 * Reads the rules with a pattern. A rule with a schedule never starts by the clock on this machine.
 *
 * @throws {TemplateError} If a rule's pattern is not supported, or if a target is not a function of the template.
 */
export function readRules(
  template: Template,
  functions: TemplateFunctions,
  resolver: Resolver,
): readonly EventRule[] {
  const rules = resourcesOf(template, 'AWS::Events::Rule');
  return rules
    .filter(([, { Properties }]) => Properties?.ScheduleExpression === undefined)
    .map((rule) => readRule(rule, functions, resolver));
}

function readRule(
  resource: readonly [string, Resource],
  functions: TemplateFunctions,
  resolver: Resolver,
): EventRule {
  const [id] = resource;
  const { EventPattern, State, Targets } = readProperties(resource, RULE, resolver);
  const place = [id, 'Properties'];
  const matches = compilePattern(EventPattern, [...place, 'EventPattern']);
  return {
    id,
    matches: (event) => State === 'ENABLED' && matches(event),
    targets: Targets.map(({ Arn }, index) =>
      functions.find(Arn, [...place, 'Targets', String(index), 'Arn']),
    ),
  };
}
