import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { CLIENT, configFor, procurios, things } from '../../operator/doctor/examine.ts';
import { newFolder, run, writeConfig } from '../../support/command-line.ts';
import { startHttpServer } from '../../support/http-server.ts';

test('doctor shows headings, findings and fixes within 80 columns, a summary, and sets the exit code', async () => {
  await using server = await startHttpServer(procurios(() => things(1, 3)));
  const cwd = await newFolder('doctor');
  await writeConfig(cwd, configFor(server.origin, { key: 'code' }));

  const { code, stdout, stderr } = await run(['doctor', '--embedded'], { cwd, env: CLIENT });

  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  expect(stdout).toMatch(/^This machine\n {2}✔ node: /);
  expect(stdout).toContain(
    "\nStreams\n  ✖ things: no object on page 1 has the key code as a text or an integer\n    → set key: 'id'\n",
  );
  expect(stdout).toMatch(/\n1 failure; each → names the fix\n$/);
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

test('doctor --json prints one document, and warnings leave the exit code 0', async () => {
  await using server = await startHttpServer(procurios(() => [...things(1, 3), { id: 4, _run: 'x' }]));
  const cwd = await newFolder('doctor');
  await writeConfig(cwd, configFor(server.origin));

  const { code, stdout, stderr } = await run(['doctor', '--embedded', '--json'], { cwd, env: CLIENT });

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const document = JSON.parse(stdout);
  expect(Object.keys(document)).toEqual(['status', 'findings']);
  expect(document.status).toBe('warning');
  expect(document.findings).toContainEqual({
    group: 'Streams',
    check: 'stream things',
    status: 'warning',
    what: '1 of 4 objects on page 1 cannot be stored: RESERVED_NAME (_run)',
    fix: expect.any(String),
  });
});

test('doctor reports a damaged data folder with its fix, and show in one line', async () => {
  await using server = await startHttpServer(procurios(() => things(1, 3)));
  const cwd = await newFolder('doctor');
  await writeConfig(cwd, configFor(server.origin));
  await mkdir(join(cwd, '.procurios-sync/dynamodb'), { recursive: true });
  await writeFile(join(cwd, '.procurios-sync/dynamodb/CURRENT'), 'damaged');

  const doctor = await run(['doctor', '--embedded'], { cwd, env: CLIENT });
  const show = await run(['show', 'things', '--embedded'], { cwd, env: CLIENT });

  expect(doctor).toMatchObject({ code: 1, stderr: '' });
  expect(doctor.stdout).toContain('→ mv .procurios-sync .procurios-sync-damaged, then pull again');
  expect(show.code).toBe(1);
  expect(show.stderr).toMatch(/^FILE_FAILED: the data folder .procurios-sync is damaged.*\n$/);
});
