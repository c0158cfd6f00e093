import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { synthesize } from '../support/synthesize.ts';

const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/0b1c2d3e-0000-4000-8000-000000000000';
const EVERYTHING = {
  kmsKeyArn: KEY,
  alarmEmail: 'ops@example.com',
  auth: { grant: 'authorizationCode', scopes: ['relation_list_api/relation'] },
};
const isInstalled = spawnSync('cfn-lint', ['--version']).status === 0;

/** Lints the templates. @returns The messages for each of them. */
function lint(templates: Readonly<Record<string, object>>): Record<string, string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'procurios-sync-cfn-lint-'));
  try {
    const files = Object.entries(templates).map(([name, template]) => {
      writeFileSync(join(folder, name), JSON.stringify(template));
      return join(folder, name);
    });
    // W3005: the CDK makes a function depend on its role, which the function refers to anyway.
    const options = ['--ignore-checks', 'W3005', '--regions', 'eu-west-1', '--format', 'json'];
    const { stdout } = spawnSync('cfn-lint', [...options, '--', ...files], { encoding: 'utf8' });
    const found = JSON.parse(stdout) as { Filename: string; Message: string }[];
    const messagesOf = (file: string) =>
      found.filter(({ Filename }) => Filename === file).map(({ Message }) => Message);
    return Object.fromEntries(files.map((file) => [file.slice(folder.length + 1), messagesOf(file)]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

(isInstalled ? test : test.skip)(
  isInstalled
    ? 'cfn-lint finds nothing wrong in the templates, and something in a wrong one'
    : 'templates are not linted, because cfn-lint is not on the PATH',
  () => {
    // A copy, because tests share the template.
    const wrong = structuredClone(synthesize().toJSON());
    Object.assign(wrong.Resources.StateTable9728C7E5.Properties, { Nonsense: 1 });

    const found = lint({
      'plain.json': synthesize().toJSON(),
      'everything.json': synthesize(EVERYTHING).toJSON(),
      'wrong.json': wrong,
    });

    expect(found).toEqual({
      'plain.json': [],
      'everything.json': [],
      'wrong.json': [expect.stringContaining('Nonsense')],
    });
  },
);
