import { expect, test } from '@jest/globals';
import { progressOfLog } from '../../../cli/terminal/progress-from-log.ts';
import { noCounts } from '../../../lambda/core/pull/counts.ts';
import type { Receipt } from '../../../lambda/core/pull/receipt.ts';
import { streamOf } from '../../support/streams.ts';

test('progress from the log of a function of another version counts 0 for a count that its lines lack', () => {
  const stream = streamOf({ name: 'members' });
  const ended: Receipt[] = [];
  const note = progressOfLog(
    { streamBegins() {}, pageTaken() {}, waits() {}, streamEnds: (_stream, receipt) => ended.push(receipt) },
    [stream],
  );

  note(
    JSON.stringify({ message: 'stream ends', stream: 'members', status: 'complete', fetched: 3, written: 3 }),
  );

  expect(ended).toMatchObject([{ ...noCounts(), status: 'complete', fetched: 3, written: 3 }]);
});
