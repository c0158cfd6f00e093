import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startSimulator } from '../../local/simulator/simulator.ts';
import { DEMO_CONFIG, newFolder, writeConfig } from '../support/command-line.ts';
import { runProcess } from '../support/command-process.ts';
import { closeAfterTest } from '../support/embedded-aws.ts';

const CREDENTIALS = { PROCURIOS_CLIENT_ID: 'client', PROCURIOS_CLIENT_SECRET: 'not-a-secret' };

let proxy: Server;
let address: string;
/** The requests that the proxy received. */
let asked: string[];
beforeEach(async () => {
  asked = [];
  proxy = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(502).end();
  });
  proxy.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    // A tunnel is no longer the server's, and a socket that nothing reads never ends, which would keep Jest's worker alive.
    socket.on('error', () => {}).resume();
    // A connection to Procurios answers without TLS, which is an error that no client retries.
    const isAws = request.url?.includes('amazonaws');
    if (isAws) socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    else socket.write('HTTP/1.1 200 OK\r\n\r\n', () => socket.end('no TLS'));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
afterEach(() => {
  proxy.close();
  proxy.closeAllConnections();
});

test('a pull reaches Procurios through the proxy of HTTPS_PROXY, and its failure mentions the proxy', async () => {
  const cwd = await newFolder();
  await writeConfig(cwd, {
    environment: 'test',
    host: 'https://crm.example.com',
    auth: { grant: 'clientCredentials', scopes: ['things'] },
    streams: [
      {
        name: 'things',
        path: '/things',
        mediaType: 'application/json',
        key: 'id',
        paging: { kind: 'onePage' },
      },
    ],
  });

  const { code, stderr } = await runProcess(['pull', '--embedded'], {
    cwd,
    env: { ...CREDENTIALS, HTTPS_PROXY: address },
  });

  expect(code).toBe(1);
  expect(new Set(asked)).toEqual(new Set(['CONNECT crm.example.com:443']));
  expect(stderr).toContain('HTTPS_PROXY is set');
});

test('a command reaches AWS through the proxy of HTTPS_PROXY', async () => {
  const { code, stderr } = await runProcess(['show', 'channels', '--config', DEMO_CONFIG], {
    cwd: await newFolder(),
    env: {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'y',
      HTTPS_PROXY: address,
    },
  });

  expect(code).toBe(1);
  expect(new Set(asked)).toEqual(new Set(['CONNECT dynamodb.eu-west-1.amazonaws.com:443']));
  expect(stderr).toMatch(
    /^STORE_UNAVAILABLE: .* could not be reached \(ERR_PROXY_TUNNEL\)\n {2}HTTPS_PROXY is set/,
  );
});

test('a request to this machine does not go through the proxy', async () => {
  const simulator = closeAfterTest(await startSimulator({ relations: 10 }));

  const { code } = await runProcess(['pull', '--embedded', '--config', DEMO_CONFIG, '--stream', 'channels'], {
    cwd: await newFolder(),
    env: { PROCURIOS_HOST: simulator.url, HTTPS_PROXY: address, HTTP_PROXY: address },
  });

  expect(code).toBe(0);
  expect(asked).toEqual([]);
});

test('an HTTPS_PROXY that is not an address is refused, and not shown', async () => {
  const { code, stderr } = await runProcess(['pull'], {
    cwd: await newFolder(),
    env: { HTTPS_PROXY: 'ada:passw0rd@proxy.example.com' },
  });

  expect(code).toBe(2);
  expect(stderr).toBe('USAGE: HTTPS_PROXY is not the address of a proxy; expected http://HOST:PORT\n');
});
