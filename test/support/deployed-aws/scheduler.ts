import type { Handler } from '../http-server.ts';
import { answerAsJson, type Refusals, Refused, refuseIfTold } from './refusals.ts';

export interface ScheduleState {
  state: 'ENABLED' | 'DISABLED';
  readonly expression: string;
  readonly timeZone: string;
}

/**
 * Stands in for EventBridge Scheduler: JSON over REST.
 *
 * @param schedules - By `group/name`.
 * @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_GetSchedule.html
 */
export function scheduler(schedules: ReadonlyMap<string, ScheduleState>, refusals: Refusals): Handler {
  return ({ method, path }, response) => {
    answerAsJson(response, 'rest', () => {
      const url = new URL(path, 'http://scheduler');
      const name = /^\/schedules\/([^/]+)$/.exec(url.pathname)?.[1];
      if (method !== 'GET' || name === undefined) {
        throw new Refused(
          'UnknownOperationException',
          `the stand-in for Scheduler does not know ${method}`,
          404,
        );
      }
      refuseIfTold(refusals, 'scheduler:GetSchedule');
      const group = url.searchParams.get('groupName') ?? 'default';
      const schedule = schedules.get(`${group}/${decodeURIComponent(name)}`);
      if (schedule === undefined) {
        throw new Refused('ResourceNotFoundException', `Schedule ${name} does not exist.`, 404);
      }
      const { state, expression, timeZone } = schedule;
      return {
        Name: name,
        GroupName: group,
        State: state,
        ScheduleExpression: expression,
        ScheduleExpressionTimezone: timeZone,
        FlexibleTimeWindow: { Mode: 'OFF' },
      };
    });
  };
}
