import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { CLIENT, configFor, procurios, things } from '../../operator/doctor/examine.ts';
import { newFolder, run, writeConfig } from '../../support/command-line.ts';
import { runProcess } from '../../support/command-process.ts';
import { answerJson, startHttpServer } from '../../support/http-server.ts';

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

test('doctor does not say that all is well before the first pull, nor after one that listed nothing', async () => {
  let listed = things(1, 3);
  await using server = await startHttpServer(procurios(() => listed));
  const setting = { cwd: await newFolder('doctor'), env: CLIENT };
  await writeConfig(setting.cwd, configFor(server.origin));
  const doctor = async () => await run(['doctor', '--embedded'], setting);
  const pull = async () => await run(['pull', '--embedded'], setting);

  const before = await doctor();
  const first = await pull();
  const sound = await doctor();
  listed = [];
  const second = await pull();
  const after = await doctor();

  const line = 'things: the last complete walk listed 0, the table has 3';
  expect(before.stdout).toContain('\nPulls\n  ℹ pulls: none yet\n    → npx procurios-sync pull --embedded\n');
  expect(before.stdout).toMatch(/\nNothing is wrong; each → names what is still to do\n$/);
  expect(first.stdout).not.toContain('the table has');
  expect(sound.stdout).toMatch(/\nAll is well\.\n$/);
  expect(second).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`\n${line}\ncomplete: 1 stream, `),
  });
  expect(after.stdout).toContain(`⚠ pulls: ${line}\n`);
  expect(after).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/\n1 warning; each → names the fix\n$/),
  });
});

test('doctor names a scope that the config lacks once, also after a pull', async () => {
  await using server = await startHttpServer(async (request, response) => {
    if (request.path.startsWith('/l/oauth2/')) await procurios(() => [])(request, response);
    else answerJson(response, { error: 'access_denied' }, 403);
  });
  const setting = { cwd: await newFolder('doctor'), env: CLIENT };
  const path = '/l/relation_list_api/collection/abc';
  await writeConfig(setting.cwd, configFor(server.origin, { path }));
  await run(['pull', '--embedded'], setting);

  const { stdout } = await run(['doctor', '--embedded'], setting);

  expect(stdout).toContain('⚠ pulls: last walk failed ACCESS_DENIED: things');
  expect(stdout.match(/auth\.scopes\s+lacks/g)).toHaveLength(1);
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

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('a machine that has too little', () => {
  test('doctor and show name a full disk, and advise no one to move the data folder away', async () => {
    await using server = await startHttpServer(procurios(() => things(1, 3)));
    const cwd = await newFolder('doctor');
    await writeConfig(cwd, configFor(server.origin));
    await mkdir(join(cwd, '.procurios-sync/dynamodb'), { recursive: true });
    // Removed by a start that fails.
    const fillDisk = () => symlink('/dev/full', join(cwd, '.procurios-sync/dynamodb/MANIFEST-000001'));

    await fillDisk();
    const doctor = await run(['doctor', '--embedded'], { cwd, env: CLIENT });
    await fillDisk();
    const show = await run(['show', 'things', '--embedded'], { cwd, env: CLIENT });

    expect(doctor).toMatchObject({ code: 1, stderr: '' });
    expect(doctor.stdout).toContain('→ free some space, and run the command again');
    expect(doctor.stdout).not.toContain('mv ');
    expect(show.stderr).toMatch(
      /^FILE_FAILED: the data folder \.procurios-sync is on a disk that is full .*\n$/,
    );
  });

  test('a database that fails while a command works ends it in one line, not as a bug', async () => {
    const cwd = await newFolder('full');
    await writeConfig(cwd, configFor('http://127.0.0.1:9'));
    await mkdir(join(cwd, '.procurios-sync/dynamodb'), { recursive: true });
    await symlink('/dev/full', join(cwd, '.procurios-sync/dynamodb/MANIFEST-000004'));

    const show = await runProcess(['show', 'things', '--embedded', '--json'], { cwd, env: CLIENT });

    expect({ code: show.code, stderr: show.stderr }).toEqual({ code: 1, stderr: '' });
    expect(JSON.parse(show.stdout).error).toMatchObject({
      code: 'FILE_FAILED',
      message: expect.stringContaining('the data folder .procurios-sync cannot be used'),
    });
  });

  test('too few open files are named, not taken for damage', async () => {
    const cwd = await newFolder('files');
    await writeConfig(cwd, configFor('http://127.0.0.1:9'));

    const { stderr } = await runProcess(['show', 'things', '--embedded'], {
      cwd,
      env: CLIENT,
      mostFiles: 28,
    });

    expect(stderr).toMatch(/^FILE_FAILED: .*too many files are open.*EMFILE/);
    expect(stderr).not.toContain('mv ');
  });
});
