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
  EventPattern: z.record(z.string(), z.unknown(), {
    error: 'is required, because rules with a schedule are not supported',
  }),
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

/** @throws {TemplateError} If a rule's pattern is not supported, or if a target is not a function of the template. */
export function readRules(
  template: Template,
  functions: TemplateFunctions,
  resolver: Resolver,
): readonly EventRule[] {
  return resourcesOf(template, 'AWS::Events::Rule').map((rule) => readRule(rule, functions, resolver));
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
