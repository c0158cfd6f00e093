import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { UserToken, UserTokenStore } from '../../lambda/core/token/user-token.ts';
import { createUserTokenFile } from '../../operator/user-token-file.ts';
import { newFolder } from '../support/command-line.ts';

const TOKEN: UserToken = {
  id: 'login-1',
  accessToken: 'access-1',
  scopes: ['profile'],
  obtainedAt: '2026-11-25T04:00:00.000Z',
};

let folder: string;
let file: string;
let store: UserTokenStore;
beforeEach(async () => {
  folder = await newFolder('token');
  file = join(folder, 'tables', 'user-acme.json');
  store = createUserTokenFile(file);
  await store.prepare();
});

const testModes = process.platform === 'win32' ? test.skip : test;

describe("the file of a user's token", () => {
  testModes(
    'returns the token that was saved, and is readable for its owner only, even if a file before it was not',
    async () => {
      await writeFile(file, '{}', { mode: 0o666 });
      await writeFile(`${file}.partial`, 'left by a save that was cut off', { mode: 0o666 });

      await store.save(TOKEN);

      expect(await store.read()).toEqual(TOKEN);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    },
  );

  testModes(
    "the file of a user's token is not written through a link in the place of its partial file",
    async () => {
      const elsewhere = join(folder, 'elsewhere');
      await writeFile(elsewhere, 'as it was');
      await symlink(elsewhere, `${file}.partial`);

      await store.save(TOKEN);

      expect(await readFile(elsewhere, 'utf8')).toBe('as it was');
      expect(await store.read()).toEqual(TOKEN);
    },
  );

  testModes.each([
    ['can be read by others', () => chmod(file, 0o644)],
    ['can be read by others', () => chmod(file, 0o640)],
  ])("the file of a user's token is refused if it %s, and a login replaces it", async (what, spoil) => {
    await store.save(TOKEN);
    await spoil();

    await expect(store.read()).rejects.toMatchObject({
      code: 'SECRET_INVALID',
      message: `${file} ${what}; expected a file that only you may read: log in again`,
    });
    await store.save(TOKEN);
    expect(await store.read()).toEqual(TOKEN);
  });

  testModes("the file of a user's token is not read through a link", async () => {
    await writeFile(join(folder, 'other'), JSON.stringify(TOKEN), { mode: 0o600 });
    await symlink(join(folder, 'other'), file);

    await expect(store.read()).rejects.toMatchObject({
      code: 'SECRET_INVALID',
      message: `${file} is a link; remove it and log in again`,
    });
  });

  test.each([0, 1, 40])(
    'is refused if only %i of its bytes are there, and its value is not quoted',
    async (bytes) => {
      await store.save(TOKEN);
      await writeFile(file, (await readFile(file)).subarray(0, bytes));

      await expect(store.read()).rejects.toMatchObject({
        code: 'SECRET_INVALID',
        message: `${file} is not a JSON object; expected what procurios-sync login stores: log in again`,
      });
    },
  );

  test("the file of a user's token is refused if it is a folder", async () => {
    await mkdir(file);

    await expect(store.read()).rejects.toMatchObject({ code: 'SECRET_INVALID' });
  });

  test("the file of a user's token has no token after it was cleared, also twice", async () => {
    await store.save(TOKEN);
    await store.clear();
    await store.clear();

    await expect(store.read()).resolves.toBeUndefined();
  });
});
