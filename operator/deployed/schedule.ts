import { GetScheduleCommand, type SchedulerClient } from '@aws-sdk/client-scheduler';
import { nextStart } from '../../config/next-start.ts';
import { translate } from '../../lambda/aws/aws-errors.ts';
import { timestamp } from '../../lambda/core/clock.ts';

/** The schedule that starts pulls. */
export interface Schedule {
  readonly isEnabled: boolean;
  /** As EventBridge Scheduler has it: `cron(0 4 * * ? *)`. */
  readonly expression: string;
  /** IANA name. */
  readonly timeZone: string;
  /** RFC 3339; undefined if it is disabled, has no next start, or has an expression that is not understood here. */
  readonly nextStartAt?: string;
}

/**
 * Reads the schedule.
 *
 * @param name - The stack's output: the schedule's name, or `group/name` if it is not in the group `default`.
 * @throws {SyncError} `STORE_MISSING`, `STORE_UNAVAILABLE`.
 */
export async function readSchedule(client: SchedulerClient, name: string, nowMs: number): Promise<Schedule> {
  const [Name = name, GroupName] = name.split('/').reverse();
  try {
    const answer = await client.send(new GetScheduleCommand({ Name, ...(GroupName && { GroupName }) }));
    const { State, ScheduleExpression: expression = '', ScheduleExpressionTimezone = 'UTC' } = answer;
    const isEnabled = State === 'ENABLED';
    const next = isEnabled ? nextStart(expression, ScheduleExpressionTimezone, nowMs) : undefined;
    return {
      isEnabled,
      expression,
      timeZone: ScheduleExpressionTimezone,
      ...(next !== undefined && { nextStartAt: timestamp(next) }),
    };
  } catch (error) {
    throw translate(error, `schedule ${Name}`);
  }
}
