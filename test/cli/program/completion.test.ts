import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { configFor } from '../../operator/doctor/examine.ts';
import { newFolder, run, type Setting, writeConfig } from '../../support/command-line.ts';
import { LAUNCHER, runProcess } from '../../support/command-process.ts';

let setting: Setting;
beforeAll(async () => {
  setting = { cwd: await newFolder() };
  await writeConfig(setting.cwd, configFor('http://127.0.0.1:4010', { name: 'things' }));
});

/** What the shells' scripts read: the words, without their descriptions and the directive at the end. */
async function wordsFor(...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await run(['complete', '--', ...args], setting);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .trim()
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t')[0] ?? '');
}

describe('a key pressed', () => {
  test.each([
    [['doc'], ['doctor']],
    [['show', ''], ['things']],
    [['pull', '--stream', ''], ['things']],
    [['deletes', 'show', ''], ['things']],
    [['explain', ''], ['things']],
    [
      ['deletes', ''],
      ['list', 'show', 'approve', 'reject', 'release'],
    ],
    [
      ['export', 'things', '--format', ''],
      ['jsonl', 'csv'],
    ],
    [['help', 'PAGING'], ['PAGING_LOOP']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish', 'powershell'],
    ],
  ])('completion after %j offers %j', async (args, words) => {
    expect(await wordsFor(...args)).toEqual(words);
  });

  test('completion after a command offers its subcommands and its flags', async () => {
    expect(await wordsFor('changes', '')).toEqual(['list', 'show', 'resend', 'settle']);
    expect(await wordsFor('doctor', '--')).toEqual(
      expect.arrayContaining(['--embedded', '--json', '--config']),
    );
  });

  test('completion without a config offers no streams and prints no error', async () => {
    setting = { ...setting, cwd: await newFolder() };

    expect(await wordsFor('show', '')).toEqual([]);
  });
});

describe('completion', () => {
  test('completion prints a script for bash that completes', async () => {
    const cwd = await newFolder();
    await writeConfig(cwd, configFor('http://127.0.0.1:4010', { name: 'things' }));
    const { stdout: script } = await runProcess(['completion', 'bash'], { cwd });
    // Debian's package bash-completion has this function; it does more about quotes.
    const words = `words=("$\{COMP_WORDS[@]}"); cword=$COMP_CWORD; cur=$\{words[cword]}; prev=$\{words[cword-1]}`;
    const press = `_get_comp_words_by_ref() { ${words}; }
      ${script}
      COMP_WORDS=(procurios-sync show th); COMP_CWORD=2
      __procurios_sync_complete
      printf '%s' "\${COMPREPLY[*]}"`;

    const { stdout } = spawnSync('bash', ['-c', press], { cwd, encoding: 'utf8' });

    expect(stdout.trim()).toBe('things');
  });

  test.each(['zsh', 'fish', 'powershell'])(
    'completion prints a script for %s that asks this program',
    async (shell) => {
      const { code, stdout } = await run(['completion', shell], setting);

      expect(code).toBe(0);
      expect(stdout).toContain(`'${LAUNCHER}' complete`);
    },
  );

  test('completion refuses other shells', async () => {
    const { code, stderr } = await run(['completion', 'tcsh'], setting);

    expect(code).toBe(2);
    expect(stderr).toContain('Allowed choices are bash, zsh, fish, powershell');
  });
});
