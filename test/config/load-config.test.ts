import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../config/load-config.ts';

const ROOT = join(import.meta.dirname, '../..');

const OWN_CONFIG = `
import { channels, defineConfig } from 'procurios-sync';
export default defineConfig({
  environment: 'acme',
  host: 'https://acme.procurios.site',
  auth: { grant: 'clientCredentials', scopes: ['engagement/read'] },
  streams: [channels('channels')],
});
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function fileWith(source: string): Promise<string> {
  const file = join(folder, 'a.config.ts');
  await writeFile(file, source);
  return file;
}

describe('loadConfig', () => {
  test('the operator’s config and every example can be loaded', async () => {
    const examples = (await readdir(join(ROOT, 'examples'))).map((file) => join(ROOT, 'examples', file));

    const configs = await Promise.all(
      [join(ROOT, 'procurios.config.ts'), ...examples].map((file) => loadConfig(file, {})),
    );

    expect(configs.length).toBeGreaterThan(3);
    expect(configs.map(({ streams }) => streams.length)).not.toContain(0);
  });

  test('the demo’s config has every kind of paging', async () => {
    const { streams } = await loadConfig(join(ROOT, 'examples/demo.config.ts'), {});

    expect(new Set(streams.map(({ paging }) => paging.kind))).toEqual(
      new Set(['hal', 'linkedPages', 'numberedPages', 'after', 'onePage']),
    );
  });

  test('a relative path starts at the current folder, and PROCURIOS_HOST replaces the host', async () => {
    const file = relative(process.cwd(), join(ROOT, 'procurios.config.ts'));

    const config = await loadConfig(file, { PROCURIOS_HOST: 'http://127.0.0.1:4010' });

    expect(config).toMatchObject({ environment: 'example', host: 'http://127.0.0.1:4010' });
  });

  test('an empty PROCURIOS_HOST is ignored', async () => {
    const config = await loadConfig(join(ROOT, 'procurios.config.ts'), { PROCURIOS_HOST: '' });

    expect(config.host).toBe('https://example.procurios.site');
  });

  test('a file that breaks rules is refused with its problems', async () => {
    const file = await fileWith('export default { environment: "acme", host: "https://acme.example.com" };');

    await expect(loadConfig(file, {})).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      problems: [{ path: 'auth' }, { path: 'streams' }],
    });
  });

  test('a config outside the project imports the catalogue by the name of the package', async () => {
    const file = await fileWith(OWN_CONFIG);

    const { streams } = await loadConfig(file, {});

    expect(streams).toMatchObject([{ name: 'channels', paging: { kind: 'onePage' } }]);
  });

  test.each([
    ['has no default export', 'export const config = {};', /has no default export/],
    ['throws', 'throw new Error("no such thing\\nsecond line");', /could not be loaded: no such thing$/],
    [
      'throws a value that is not an error',
      'throw "x";',
      /could not be loaded: it threw a value that is not an error$/,
    ],
    ['is not TypeScript', 'export default {', /could not be loaded: \S/],
    ['imports a file that does not exist', 'import "./absent.ts";', /could not be loaded: \S/],
  ])('one line says that a file %s', async (_case, source, message) => {
    const file = await fileWith(source);

    const error = (await loadConfig(file, {}).catch((thrown: unknown) => thrown)) as Error;

    expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(error.message).toMatch(message);
    expect(error.message).toContain(relative(process.cwd(), file));
    expect(error.message).not.toContain('\n');
  });

  test('a file that does not exist is named, with two ways to get one', async () => {
    await expect(loadConfig('no-such.config.ts', {})).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message:
        'there is no config file no-such.config.ts: npx procurios-sync discover writes one, and --config names another',
    });
  });

  test('a folder is refused, because it is not a file', async () => {
    const folder = dirname(await fileWith(''));

    await expect(loadConfig(folder, {})).rejects.toThrow(/ is not a file$/);
  });
});

test('each entry point of the project resolves the name of the package for a config outside the project', async () => {
  const file = await fileWith(OWN_CONFIG);
  const node = (...args: string[]) =>
    spawnSync(process.execPath, ['--no-warnings', ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        CDK_OUTDIR: 'cdk.out',
        CDK_CONTEXT_JSON: JSON.stringify({ config: file, 'aws:cdk:bundling-stacks': [] }),
        CDK_VALIDATION: 'false',
      },
    });

  const command = node(join(ROOT, 'bin/launch.js'), 'status', '--embedded', '--config', file);
  const app = node(join(ROOT, 'bin/app.ts'));

  expect([command.stderr, app.stderr]).toEqual(['', expect.stringContaining('No alarm reaches you')]);
  // Not well, because no pull has run. A config that cannot be loaded would be 2.
  expect([command.status, app.status]).toEqual([1, 0]);
});
