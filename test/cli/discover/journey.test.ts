import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Simulator, startSimulator } from '../../../local/simulator/simulator.ts';
import { CLIENT } from '../../operator/doctor/examine.ts';
import { newFolder, run, type Setting } from '../../support/command-line.ts';
import { runProcess } from '../../support/command-process.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const CONFIG = 'procurios.config.ts';

let simulator: Simulator;
let setting: Setting;
beforeAll(async () => {
  simulator = await startSimulator({ relations: 250 });
});
afterAll(() => simulator.close());
beforeEach(async () => {
  setting = { cwd: await newFolder('discover'), env: CLIENT };
});

const discover = (...args: string[]) => run(['discover', '--host', simulator.url, ...args], setting);
const config = () => readFile(join(setting.cwd, CONFIG), 'utf8');

test('discover, pull and show lead from credentials to objects in a table without editing a file', async () => {
  simulator.control.resetApplied();

  const discovered = await discover('--stream', 'leden', 'channels');
  const pulled = await runProcess(['pull', '--embedded'], setting);
  const shown = await run(['show', 'leden', '--embedded', '--json', '--limit', '1000'], setting);

  expect([discovered.code, pulled.code, shown.code]).toEqual([0, 0, 0]);
  expect(discovered.stderr).toContain(
    'npx procurios-sync pull --embedded\n  npx procurios-sync show leden --embedded',
  );
  expect(pulled.stdout).toMatch(/\ncomplete: 2 streams, 256 of 256 objects written/);
  expect(shown.stdout.trim().split('\n')).toHaveLength(250);
  expect(simulator.control.applied()).toEqual([]);
});

test('the config that discover writes with every offered stream passes the formatter, the linter and the type check', async () => {
  const { code, stdout } = await discover('--all');

  const source = await config();
  const formatted = spawnSync(
    join(ROOT, 'node_modules/.bin/biome'),
    ['check', '--write', '--error-on-warnings', `--stdin-file-path=${CONFIG}`],
    {
      cwd: ROOT,
      input: source,
      encoding: 'utf8',
    },
  );
  const settings = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      typeRoots: [join(ROOT, 'node_modules/@types')],
      paths: { 'procurios-sync': [join(ROOT, 'config/index.ts')] },
    },
    include: [CONFIG],
  };
  await writeFile(join(setting.cwd, 'package.json'), '{"type": "module"}');
  await writeFile(join(setting.cwd, 'tsconfig.json'), JSON.stringify(settings));
  const types = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', setting.cwd], { encoding: 'utf8' });

  expect(code).toBe(0);
  expect(formatted).toMatchObject({ status: 0, stdout: source });
  expect(types).toMatchObject({ status: 0, stdout: '' });
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(source).toContain(
    "    relationCollection('leden', '4d036265-2b90-423e-9e54-867bbe1fd5ef', {\n      deletes: 'fromWalk',\n      archive: 'archived-relations',\n    }),\n",
  );
  expect(source).toContain('  //     lidWorden: registration({ set: 42 }),\n');
});

describe('a file that is there', () => {
  test('discover keeps an edited config unless --force is given', async () => {
    await writeFile(join(setting.cwd, CONFIG), '// mine\n');

    const refused = await discover('--stream', 'channels');
    const kept = await config();
    const forced = await discover('--stream', 'channels', '--force');

    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /^USAGE: procurios\.config\.ts exists already: add --force to replace it, or --out FILE/,
    );
    expect(kept).toBe('// mine\n');
    expect(forced.code).toBe(0);
    expect(await config()).toContain("channels('channels', { deletes: 'fromWalk' }),");
  });

  test('discover replaces the config of the repository if git reports no change in it', async () => {
    await writeFile(join(setting.cwd, CONFIG), await readFile(join(ROOT, CONFIG)));
    const git = (...args: string[]) =>
      spawnSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args], {
        cwd: setting.cwd,
      });
    git('init');
    const untracked = await discover('--stream', 'channels');
    git('add', '.');
    git('commit', '-m', 'As it came');

    const { code } = await discover('--stream', 'channels');

    expect([untracked.code, code]).toEqual([2, 0]);
    expect(await config()).toContain("host: 'http://127.0.0.1:");
  });
});

describe('wrong usage or credentials', () => {
  test.each([
    [['--host', 'acme'], /--host is not an address/],
    [['--token-url', 'ftp://x'], /--token-url is not an address/],
    [['--environment', 'Not This'], /--environment takes lower case letters/],
    [[], /there is no terminal to ask on: add --all, or --stream NAME/],
    [
      ['--stream', 'chanels'],
      /no stream was found that would be called chanels \(did you mean channels\?\); found were /,
    ],
  ])('discover with %j is refused and writes no config', async (args, message) => {
    const { code, stderr } = await discover(...args);

    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    await expect(config()).rejects.toThrow('ENOENT');
  });

  test('discover with refused credentials writes no config', async () => {
    setting = { ...setting, env: { ...CLIENT, PROCURIOS_CLIENT_SECRET: 'wr0ng' } };

    const { code, stdout, stderr } = await discover('--all');

    expect(code).toBe(1);
    expect(stderr).toMatch(/^CREDENTIALS_REFUSED: /);
    expect(stdout + stderr).not.toContain('wr0ng');
    await expect(config()).rejects.toThrow('ENOENT');
  });

  test('discover takes credentials from stdin', async () => {
    const { PROCURIOS_CLIENT_ID: clientId, PROCURIOS_CLIENT_SECRET: clientSecret } = CLIENT;
    setting = { ...setting, env: {}, input: JSON.stringify({ clientId, clientSecret }) };

    const { code, stdout } = await discover('--list', '--stdin', '--json', '--scope', 'engagement/read');

    const found = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(found).toMatchObject({ host: simulator.url, scopes: { granted: ['engagement/read'] } });
    expect(found.offers.map(({ name }: { name: string }) => name)).toEqual([
      'engagement-actions',
      'campaigns',
      'channels',
    ]);
  });
});
