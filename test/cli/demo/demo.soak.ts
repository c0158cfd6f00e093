import { expect, test } from '@jest/globals';
import { newFolder } from '../../support/command-line.ts';
import { runProcess } from '../../support/command-process.ts';

test('a second demo in the same folder begins anew', async () => {
  const cwd = await newFolder('demo');
  const first = await runProcess(['demo'], { cwd });

  const second = await runProcess(['demo'], { cwd });

  for (const { code, stderr } of [first, second]) {
    expect(code).toBe(0);
    expect(stderr).toMatch(/\nmembers +1,000 objects: 1,000 written /);
    expect(stderr).toMatch(/\nmembers +999 objects: 2 written, 996 unchanged, 1 rejected /);
  }
});
