import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkConfig } from '../../config/check-config.ts';
import { openEmbedded } from '../../operator/session.ts';
import { newFolder } from '../support/command-line.ts';
import { shareEndpoints } from '../support/kept-endpoints.ts';
import { MOMENTS_STREAM } from '../support/moments-stream.ts';

shareEndpoints();

const before = process.cwd();
beforeEach(async () => process.chdir(await newFolder('session')));
afterEach(() => process.chdir(before));

test('tables that cannot be prepared in time are a failure of the store, not a bug', async () => {
  const config = checkConfig({
    environment: 'acme',
    host: 'https://acme.example.com',
    auth: { grant: 'clientCredentials', scopes: ['contact_moment/view'] },
    streams: [MOMENTS_STREAM],
  });
  // As the SDK's waiters throw it when the machine is too busy.
  const late = Object.assign(new Error('{"state":"TIMEOUT"}'), { name: 'TimeoutError' });

  const opening = openEmbedded(config, { config: '', embedded: true }, () => Promise.reject(late));

  await expect(opening).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: 'the tables on this machine could not be reached (TimeoutError)',
  });
});
