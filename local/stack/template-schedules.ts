import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Resource, readProperties, resourcesOf, type Template } from './template.ts';
import type { FunctionTarget, TemplateFunctions } from './template-functions.ts';
import { ACCOUNT, REGION, type TemplateResolver } from './template-resolver.ts';

/** A schedule of the template. It never starts by the clock on this machine. */
export interface TemplateSchedule {
  readonly id: string;
  readonly target: FunctionTarget;
  /** Returns the event for an invocation of the target at the present time. */
  createEvent(): unknown;
}

const SCHEDULE = z.object({
  ScheduleExpression: z.string().regex(/^(cron|rate|at)\(.+\)$/, 'is not cron(…), rate(…) or at(…)'),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Target: z.object({ Arn: z.string(), Input: z.string().optional(), RoleArn: z.string() }),
});

/** @throws {TemplateError} If a target is not a function of the template. */
export function readSchedules(
  template: Template,
  functions: TemplateFunctions,
  resolver: TemplateResolver,
): readonly TemplateSchedule[] {
  return resourcesOf(template, 'AWS::Scheduler::Schedule').map((schedule) =>
    readSchedule(schedule, functions, resolver),
  );
}

function readSchedule(
  resource: readonly [string, Resource],
  functions: TemplateFunctions,
  resolver: TemplateResolver,
): TemplateSchedule {
  const [id] = resource;
  const { Target } = readProperties(resource, SCHEDULE, resolver);
  const { arn } = resolver.nameOf(id);
  return {
    id,
    target: functions.find(Target.Arn, [id, 'Properties', 'Target', 'Arn']),
    createEvent: () => JSON.parse(inputOf(Target.Input, arn)),
  };
}

/** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
function inputOf(input: string | undefined, scheduleArn: string): string {
  const time = new Date().toISOString().replace(/\.\d+/, '');
  if (input === undefined) return JSON.stringify(scheduledEvent(scheduleArn, time));
  return input
    .replaceAll('<aws.scheduler.schedule-arn>', scheduleArn)
    .replaceAll('<aws.scheduler.scheduled-time>', time)
    .replaceAll('<aws.scheduler.execution-id>', randomUUID())
    .replaceAll('<aws.scheduler.attempt-number>', '1');
}

/** The event that Scheduler sends for a schedule without an input. */
function scheduledEvent(scheduleArn: string, time: string) {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account: ACCOUNT,
    time,
    region: REGION,
    resources: [scheduleArn],
    detail: '{}',
  };
}
