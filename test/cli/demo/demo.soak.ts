import { expect, test } from '@jest/globals';
import { newFolder } from '../../support/command-line.ts';
import { runProcess } from '../../support/command-process.ts';

test('a second demo in the same folder begins anew', async () => {
  const cwd = await newFolder('demo');
  const first = await runProcess(['demo'], { cwd });

  const second = await runProcess(['demo'], { cwd });

  for (const { code, stdout } of [first, second]) {
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nmembers +3,000 +3 +2,996 +1 +30\n/);
  }
});
