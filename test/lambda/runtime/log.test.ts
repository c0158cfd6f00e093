import { expect, test } from '@jest/globals';
import { createLog } from '../../../lambda/runtime/log.ts';

test('a log line has its level, and a timestamp, without which Lambda would treat it as INFO', () => {
  const lines: string[] = [];

  createLog((line) => lines.push(line)).warn('stream ends', { stream: 'members', status: 'failed' });

  const [line = ''] = lines;
  expect(JSON.parse(line)).toEqual({
    level: 'WARN',
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    message: 'stream ends',
    stream: 'members',
    status: 'failed',
  });
});
