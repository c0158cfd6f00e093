import { describe, expect, test } from '@jest/globals';
import { problemOfCron } from '../../../config/schema/cron.ts';

describe('a cron expression', () => {
  test.each([
    '0 4 * * ? *',
    '15 10 ? * MON-FRI *',
    '0/15 * * * ? *',
    '0 8 1 * ? *',
    '0,30 4-6 ? JAN,jul 2,3 2026-2030',
    '0 4 L * ? *',
    '0 4 LW * ? *',
    '0 4 15W * ? *',
    '0 4 ? * 6L *',
    '0 4 ? * L *',
    '0 4 ? * TUE#3 *',
    '0 4 ? * 3#2 *',
    '0 4 */2 * ? *',
    '59 23 31 12 ? 2199',
  ])('EventBridge accepts %s', (cron) => {
    expect(problemOfCron(cron)).toBeUndefined();
  });

  test.each([
    ['five fields, as cron has them', '0 4 * * *'],
    ['seven fields', '0 0 4 * * ? *'],
    ['two spaces', '0  4 * * ? *'],
    ['nothing', ''],
    ['a rate', 'rate(1 day)'],
  ])('an expression with %s is refused, and an example is given', (_what, cron) => {
    expect(problemOfCron(cron)).toMatch(/^six fields .*'0 4 \* \* \? \*'$/);
  });

  test.each([
    ['both days', '0 4 * * * *'],
    ['both days as numbers', '0 4 1 * 1 *'],
    ['neither day', '0 4 ? * ? *'],
  ])('an expression with %s is refused', (_what, cron) => {
    expect(problemOfCron(cron)).toMatch(/^\? as either/);
  });

  test.each([
    ['minutes', '60 4 * * ? *'],
    ['minutes', 'cron(0 4 * * ? *)'],
    ['minutes', '? 4 * * ? *'],
    ['minutes', '-5 4 * * ? *'],
    ['minutes', '5- 4 * * ? *'],
    ['minutes', '10-5 4 * * ? *'],
    ['minutes', '0/0 4 * * ? *'],
    ['minutes', '0/5/5 4 * * ? *'],
    ['minutes', '1,,2 4 * * ? *'],
    ['minutes', '1-2-3 4 * * ? *'],
    ['hours', '0 24 * * ? *'],
    ['hours', '0 4h * * ? *'],
    ['day of the month', '0 4 0 * ? *'],
    ['day of the month', '0 4 32 * ? *'],
    ['day of the month', '0 4 32W * ? *'],
    ['day of the month', '0 4 MON * ? *'],
    ['month', '0 4 * 13 ? *'],
    ['month', '0 4 * JANUARY ? *'],
    ['month', '0 4 * L ? *'],
    ['day of the week', '0 4 ? * 0 *'],
    ['day of the week', '0 4 ? * 8 *'],
    ['day of the week', '0 4 ? * MON#6 *'],
    ['day of the week', '0 4 ? * ABC#1 *'],
    ['day of the week', '0 4 ? * 15W *'],
    ['year', '0 4 * * ? 1969'],
    ['year', '0 4 * * ? 2200'],
  ])('an expression with wrong %s is refused, and the right values are named: %s', (name, cron) => {
    expect(problemOfCron(cron)).toMatch(new RegExp(`^as ${name} \\d`));
  });

  test('an expression with several wrong fields is refused for all of them at once', () => {
    expect(problemOfCron('60 24 * * ? *')).toMatch(/^as minutes 0 to 59.*; as hours 0 to 23/);
  });
});
