import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { newFolder, run, writeConfig } from '../../support/command-line.ts';
import { runProcess } from '../../support/command-process.ts';

const COMMANDS = [
  ...['pull', 'show', 'export', 'simulator', 'demo'],
  ...['list', 'show', 'approve', 'reject', 'release'].map((name) => `deletes ${name}`),
  ...['explain', 'doctor', 'discover', 'help', 'completion', 'configure', 'login', 'logout', 'push'],
];

let cwd: string;
beforeAll(async () => {
  cwd = await newFolder();
});

describe('asking for help', () => {
  test('every command has help with an example, on stdout, within 80 columns', async () => {
    for (const command of COMMANDS) {
      const { code, stdout, stderr } = await run([...command.split(' '), '--help'], { cwd });

      expect(code).toBe(0);
      expect(stderr).toBe('');
      expect(stdout).toMatch(/\n {2}\$ npx procurios-sync \w+/);
      const descriptions = stdout.split('\n').filter((line) => !line.startsWith('  $'));
      expect(Math.max(...descriptions.map((line) => line.length))).toBeLessThanOrEqual(80);
    }
  });

  test('the version is printed, after a command too', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8'));

    const versions = [await runProcess(['--version'], { cwd }), await run(['show', '--version'], { cwd })];

    expect(versions).toEqual([0, 0].map((code) => ({ code, stdout: `${version}\n`, stderr: '' })));
  });

  test('a call without a command prints the help on stderr, within 80 columns, with exit code 2', async () => {
    const { code, stdout, stderr } = await run([], { cwd });

    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('Usage: procurios-sync');
    expect(Math.max(...stderr.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

describe('wrong usage', () => {
  test.each([
    [['pul'], "USAGE: unknown command 'pul' (did you mean pull?); see npx procurios-sync --help\n"],
    [['pull', '--embeded'], "unknown option '--embeded' (did you mean --embedded?)"],
    [
      ['changes', 'show', '-b7c1'],
      "unknown option '-b7c1'; if it is the id, write -- before it; see npx procurios-sync changes show --help\n",
    ],
    [['changes', 'list', '-b7c1'], "unknown option '-b7c1'; see npx procurios-sync changes list --help\n"],
    [['show', 'members', '--rejets'], "unknown option '--rejets' (did you mean --rejects?); see"],
    [['show'], "missing required argument 'stream'; see npx procurios-sync show --help\n"],
    [['export', 'members', '--format', 'xml'], 'Allowed choices are jsonl, csv'],
    [['simulator', '--port', '70000'], 'a whole number from 0 to 65535'],
  ])('wrong usage %j is reported in one line, with exit code 2', async (args, message) => {
    const ended = await run(args, { cwd });

    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(message);
    expect(ended.stderr.match(/\n/g)).toHaveLength(1);
  });

  test('wrong usage with --json is reported as one JSON document on stdout', async () => {
    const { code, stdout, stderr } = await run(['pull', '--json', '--embeded'], { cwd });

    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: 'USAGE',
        message: "unknown option '--embeded' (did you mean --embedded?); see npx procurios-sync pull --help",
        problems: [],
      },
    });
  });
});

describe('a config', () => {
  test('a missing config file is named', async () => {
    const { code, stderr } = await run(['pull'], { cwd });

    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^CONFIG_INVALID: there is no config file procurios\.config\.ts: npx procurios-sync discover writes one/,
    );
  });

  test('a config file that is not TypeScript is reported with the line', async () => {
    await writeFile(join(cwd, 'broken.config.ts'), 'export default {\n  x: 1\n  y: 2,\n};\n');

    const { code, stderr } = await runProcess(['pull', '--config', 'broken.config.ts'], { cwd });

    expect(code).toBe(2);
    expect(stderr).toMatch(/^CONFIG_INVALID: broken\.config\.ts could not be loaded: .* \(line 3\)\n$/);
  });

  test('all five mistakes of a config are reported, each with its path and without its value', async () => {
    const folder = await newFolder();
    await writeConfig(folder, {
      environment: 'Wrong Name',
      host: 'http://crm.example.com',
      auth: { grant: 'password', scopes: [] },
      streams: [
        { name: 'things', path: 'things', mediaType: 'application/json', key: 'id', paging: { kind: 'hal' } },
      ],
    });

    const plain = await run(['pull'], { cwd: folder });
    const json = await run(['pull', '--json'], { cwd: folder });

    const paths = ['environment', 'host', 'auth.grant', 'auth.scopes', 'streams[0].path'];
    expect([plain.code, json.code, plain.stdout, json.stderr]).toEqual([2, 2, '', '']);
    expect(plain.stderr.match(/^ {2}\S+(?=: )/gm)?.map((path) => path.trim())).toEqual(paths);
    const { error } = JSON.parse(json.stdout);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: 'the config has 5 problems' });
    expect(error.problems.map(({ path }: { path: string }) => path)).toEqual(paths);
    expect(plain.stderr + json.stdout).not.toContain('crm.example.com');
  });
});

// Node 22.18 runs TypeScript, but cannot read `using`.
test.each(['20.20.2', '22.22.0', '23.11.1'])(
  'Node %s is reported in one line, with exit code 2',
  async (version) => {
    const pretend = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`;

    const ended = await runProcess(['--version'], {
      cwd,
      node: ['--import', `data:text/javascript,${pretend}`],
    });

    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^procurios-sync needs Node 24 or later .*\n$/);
    expect(ended.stderr).toContain(`this is Node ${version}. `);
  },
);
