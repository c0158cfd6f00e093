import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { configSource } from '../../../operator/discover/config-source.ts';
import type { Offer } from '../../../operator/discover/discovery.ts';
import { slugOf, streamNames } from '../../../operator/discover/stream-names.ts';

const OFFER: Offer = {
  name: 'members',
  title: 'Members',
  factory: 'relationCollection',
  id: { collection: 'abc' },
  scope: 'relation_list_api/relation',
  fields: ['id'],
  objects: 1,
  notes: [],
};
const PARTS = {
  environment: 'acme',
  host: 'https://acme.procurios.site',
  tokenUrl: 'https://acme.procurios.site/l/oauth2/token',
  offers: [OFFER],
  sets: [],
  grantedScopes: undefined,
};

test('the config overrides what the catalogue has otherwise, with the imports that this needs', () => {
  const offer = {
    ...OFFER,
    key: ['relation_id'],
    paging: "after('id')",
    notes: ['its pages look like after'],
  };

  const source = configSource({ ...PARTS, offers: [offer] });

  expect(source).toContain(
    [
      '    // Members: id',
      '    // its pages look like after',
      "    relationCollection('members', 'abc', { key: 'relation_id', paging: after('id'), deletes: 'fromWalk' }),\n",
    ].join('\n'),
  );
  expect(source).toContain("import { after, defineConfig, relationCollection } from 'procurios-sync';\n");
});

test('the config says what happens to deletes, and where archived relations are named', () => {
  const archive = { ...OFFER, name: 'gone', factory: 'archivedRelations', id: undefined };
  const offers = [
    OFFER,
    { ...OFFER, name: 'donors', key: ['relation_number'] },
    { ...archive },
    { ...archive, name: 'moments', factory: 'contactMoments' },
    { ...archive, name: 'linked', factory: 'contactMoments', paging: 'linkedPages()' },
    { ...archive, name: 'mails', factory: 'emailTracking' },
  ];

  const source = configSource({ ...PARTS, offers });

  for (const line of [
    "relationCollection('members', 'abc', { deletes: 'fromWalk', archive: 'gone' }),",
    "relationCollection('donors', 'abc', { key: 'relation_number', deletes: 'fromWalk' }),",
    "archivedRelations('gone', { deletes: 'never' }),",
    "contactMoments('moments', { deletes: 'fromWalk' }),",
    "contactMoments('linked', { paging: linkedPages(), deletes: 'report' }),",
    "emailTracking('mails', { deletes: 'report' }),",
  ]) {
    expect(source).toContain(`    ${line}\n`);
  }
  expect(configSource(PARTS)).not.toContain('archive:');
});

test('a title from Procurios ends neither a comment nor a string of the config', () => {
  const title = "Evil */\n'); process.exit(1); //\u2028 \u001b[31m";
  const offer = { ...OFFER, title, id: { collection: `it's "x" \\ y` } };

  const source = configSource({ ...PARTS, offers: [offer] });

  const lines = source.split('\n');
  const comment = lines.find((line) => line.includes('Evil'));
  expect(comment).toMatch(/^ {4}\/\/ Evil \*\/ '\); process\.exit\(1\); \/\/ /);
  expect(source).not.toContain('\u2028');
  expect(source).not.toContain('\u001b');
  expect(lines.filter((line) => line.includes('process.exit'))).toEqual([comment]);
  expect(source).toContain(`relationCollection('members', "it's \\"x\\" \\\\ y", { deletes: 'fromWalk' }),`);
});

test('an id from Procurios in a comment becomes no code, with any line separator', async () => {
  const ends = ['\n', '\r', '\u2028', '\u2029'];
  const sets = ends.map((end) => ({
    kind: 'registration' as const,
    id: `${end}[(globalThis.injected = true, 'x')]: 1, //`,
    title: `Lid ${end} worden`,
    fields: [],
  }));
  const grantedScopes = ends.map((end) => `a${end}b`);

  const source = configSource({ ...PARTS, sets, grantedScopes });

  const code = source.split(/[\n\r\u2028\u2029]/).filter((line) => !line.trimStart().startsWith('//'));
  expect(source).toContain('globalThis.injected');
  expect(code.join('\n')).not.toMatch(/injected|^b/m);
});

test.each(['\n', '\r', '\u2028', '\u2029'])(
  'a name with the line separator %j ends neither a comment nor an import of the config',
  (end) => {
    const name = `members${end}globalThis.injected = true; //`;
    const offer = { ...OFFER, name, paging: `after('id${end}globalThis.injected')` };

    const source = configSource({ ...PARTS, environment: `acme${end}globalThis.injected`, offers: [offer] });

    const [comment] = source.split('\n').filter((line) => line.includes('Names the tables'));
    expect(comment).toMatch(/^ {2}\/\/ Names the tables and the secret: [^\r\u2028\u2029]+$/);
    expect(source).toContain("import { after, defineConfig, relationCollection } from 'procurios-sync';\n");
  },
);

test('characters that change the direction of text are replaced in the config', () => {
  const offer = { ...OFFER, title: 'Leden \u202E:di \u2066' };

  expect(configSource({ ...PARTS, offers: [offer] })).toContain('    // Leden �:di �: id\n');
});

test('a line that is too wide is broken as the formatter breaks it', () => {
  const wide = { ...OFFER, name: 'x'.repeat(40), id: { collection: '4d036265-2b90-423e-9e54-867bbe1fd5ef' } };
  const offers = [
    { ...wide, key: ['relation_id'], paging: "after('id')" },
    { ...wide, id: { collection: 'i'.repeat(80) } },
  ];

  const source = configSource({ ...PARTS, offers });

  const [formatter, ...args] = ['biome', 'format', '--stdin-file-path=procurios.config.ts'] as const;
  const { stdout } = spawnSync(`node_modules/.bin/${formatter}`, args, { input: source, encoding: 'utf8' });
  expect(stdout).toBe(source);
});

test('the config has a token URL only if it is not the usual one', () => {
  const elsewhere = { ...PARTS, tokenUrl: 'https://login.example.com/token' };

  expect(configSource(PARTS)).not.toContain('  tokenUrl:');
  expect(configSource(elsewhere)).toContain("  tokenUrl: 'https://login.example.com/token',\n");
});

test.each([
  ['Leden & donateurs (2026)', 'leden-donateurs-2026'],
  ['Café Zoë', 'cafe-zoe'],
  ['\u001b[31mLeden\u001b[0m\u0007', 'leden'],
  ['日本', ''],
  [`${'x'.repeat(39)} y`, 'x'.repeat(39)],
])('slugOf() makes of %s the name %s', (title, name) => {
  expect(slugOf(title)).toBe(name);
});

test('streamNames() returns unique names, none of them that of the state table', () => {
  expect(streamNames(['Leden', 'leden', '日本', 'State', 'the state'])).toEqual([
    'leden',
    'leden-2',
    'stream',
    'states',
    'the-states',
  ]);
});
