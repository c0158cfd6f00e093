import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ERROR_GUIDE } from '../../../operator/error-guide.ts';
import { newFolder, run } from '../../support/command-line.ts';
import { runProcess } from '../../support/command-process.ts';

const CODES = Object.keys(ERROR_GUIDE);

let cwd: string;
beforeAll(async () => {
  cwd = await newFolder();
});

test('the table of codes in docs/errors.md says what the guide says, each code once', async () => {
  const page = await readFile(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  const [, table = ''] = page.split('| code | what happened | what to do |\n| --- | --- | --- |\n');
  const rows = table.trim().split('\n');

  const expected = Object.entries(ERROR_GUIDE).map(([code, { happened, remedy }]) =>
    `| \`${code}\` | ${happened} | ${remedy} |`.replace('|  |', '| |'),
  );
  expect(rows.toSorted()).toEqual(expected.toSorted());
});

describe('help', () => {
  test.each(['CONFIG_INVALID', 'paging-loop', 'store_missing'])(
    'help %s gives the meaning of the code and the next step',
    async (topic) => {
      const { code, stdout, stderr } = await run(['help', ...topic.split(' ')], { cwd });

      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/^[A-Z_]+: [\s\S]+\n\n[\s\S]+\nSee more\n {3}- [\s\S]+\nWhat to do\n {2}1\. /);
      expect(stdout).not.toContain('`');
      expect(stdout).not.toContain('\u001b');
      expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    },
  );

  test('help of every code has a meaning and a step', () => {
    for (const code of CODES) {
      const { meaning, steps } = ERROR_GUIDE[code as keyof typeof ERROR_GUIDE];
      expect(meaning).toMatch(/\.$/);
      expect(steps.length).toBeGreaterThan(0);
    }
  });

  test('help of a command or a subcommand prints the same as --help', async () => {
    const help = await run(['help', 'changes', 'list'], { cwd });
    const flag = await run(['changes', 'list', '--help'], { cwd });

    expect(help).toEqual(flag);
    expect(help.stdout).toContain('Usage: procurios-sync changes list');
  });

  test('help --json prints the entry of the guide', async () => {
    const { stdout } = await run(['help', 'THROTTLED', '--json'], { cwd });

    expect(JSON.parse(stdout)).toEqual({ code: 'THROTTLED', ...ERROR_GUIDE.THROTTLED });
  });

  test.each([
    ['pul', 'pull'],
    ['changes lst', 'changes list'],
    ['CONFG_INVALID', 'CONFIG_INVALID'],
  ])('help of %s suggests %s', async (topic, meant) => {
    const { code, stderr } = await run(['help', topic], { cwd });

    expect(code).toBe(2);
    expect(stderr).toBe(
      `USAGE: there is no help for ${topic} (did you mean ${meant}?); name a command or an error code\n`,
    );
  });

  test('help has colours only if the terminal or the environment wants them', async () => {
    const [forced, refused] = await Promise.all([
      runProcess(['help', 'THROTTLED'], { cwd, env: { FORCE_COLOR: '1' } }),
      runProcess(['help', 'THROTTLED'], { cwd, env: { NO_COLOR: '1' } }),
    ]);

    expect(forced.stdout).toContain('\u001b[');
    expect(refused.stdout).not.toContain('\u001b[');
  });
});
