import { styleText } from 'node:util';
import open from 'open';
import type { AuthorizationCodeGrant } from '../../lambda/core/token/authorization.ts';
import { canBeListenedTo } from '../../lambda/deployment/safe-addresses.ts';
import { CommandError } from '../../operator/command-error.ts';
import { type Callback, type ConsentRequest, readCallback } from '../../operator/login/consent.ts';
import { wholeSeconds } from '../../operator/words.ts';
import { say } from '../terminal/output-lines.ts';
import { readPastedLine } from '../terminal/pasted-line.ts';
import { canAsk } from '../terminal/terminal.ts';
import type { CallbackOutcome } from './callback-page.ts';
import { listenForCallback } from './callback-server.ts';

export interface ReceiveOptions {
  /** Whether the address is opened in a browser, not only printed. */
  readonly browser: boolean;
  /** Seconds that the user has. */
  readonly timeout: number;
}

/** A callback that was received. */
export interface Arrival {
  readonly callback: Callback;
  /** Shows in the browser how the login ended. Does nothing if the address was pasted. */
  answer(outcome: CallbackOutcome): void;
  /** Shows the failure page if the browser was not answered, and stops listening. */
  leave(): Promise<void>;
}

/**
 * Shows the user where to consent, and waits for the callback: from the browser if the redirect url is on this machine, and
 * from a pasted address if there is a terminal or the redirect url is elsewhere.
 *
 * @throws {CommandError} `LOGIN_FAILED` if no callback comes in time. `USAGE` if the port is in use, or nothing was pasted.
 * `INTERRUPTED`.
 */
export async function receiveCallback(
  auth: AuthorizationCodeGrant,
  consent: ConsentRequest,
  options: ReceiveOptions,
): Promise<Arrival> {
  const redirectUrl = new URL(auth.redirectUrl);
  const read = (url: URL) => readCallback(url, auth, consent);
  const server = canBeListenedTo(redirectUrl)
    ? await listenForCallback(redirectUrl, (url) => {
        const callback = read(url);
        return callback.kind === 'foreign' ? callback.reason : undefined;
      })
    : undefined;
  using stop = stopping(options.timeout);
  const isPasted = server === undefined || canAsk();
  try {
    await show(consent.url, options.browser);
    // Before the line that asks for the address, so that a terminal does not cut what is pasted at once.
    const line = isPasted ? readPastedLine(stop.signal) : undefined;
    if (server === undefined)
      say(`the browser will stop at ${auth.redirectUrl}; paste the whole address from its address bar here`);
    else
      say(
        `waiting for the browser at ${redirectUrl.origin}${isPasted ? ', or paste the address at which it stops' : ''}`,
      );
    const arrivals = [
      ...(server === undefined ? [] : [server.request]),
      ...(line === undefined ? [] : [line.then(pasted)]),
    ];
    const { url, answer } = await Promise.race([...arrivals, stop.ended]);
    const callback = url === undefined ? NOT_AN_ADDRESS : read(url);
    return { callback, answer, leave: async () => await server?.close() };
  } catch (error) {
    await server?.close();
    throw error;
  }
}

const NOT_AN_ADDRESS: Callback = { kind: 'invalid', reason: 'the pasted text is not an address' };

function pasted(line: string): { url: URL | undefined; answer(outcome: CallbackOutcome): void } {
  return { url: URL.parse(line) ?? undefined, answer: () => {} };
}

async function show(url: string, isOpened: boolean): Promise<void> {
  say(`${isOpened ? 'opening' : 'open'} this address in a browser, to sign in and consent:`);
  say(`\n  ${styleText('cyan', url, { stream: process.stderr })}\n`);
  if (!isOpened) return;
  try {
    const browser = await open(url);
    browser.once('error', sayNotOpened);
    browser.once('exit', (code) => {
      if (code !== 0) sayNotOpened();
    });
  } catch {
    sayNotOpened();
  }
}

function sayNotOpened(): void {
  say('no browser could be started; open the address yourself');
}

/** Ends the wait at the timeout and at Ctrl-C. */
function stopping(timeoutSeconds: number): Disposable & {
  readonly signal: AbortSignal;
  readonly ended: Promise<never>;
} {
  const controller = new AbortController();
  const { signal } = controller;
  const timer = setTimeout(() => {
    const text = `the browser did not return within ${wholeSeconds(timeoutSeconds * 1000)}; nothing was stored`;
    controller.abort(new CommandError('LOGIN_FAILED', text));
  }, timeoutSeconds * 1000);
  const interrupt = (): void => {
    controller.abort(new CommandError('INTERRUPTED', 'the login was stopped; nothing was stored'));
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, interrupt);
  const ended = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
  return {
    signal,
    ended,
    [Symbol.dispose]() {
      clearTimeout(timer);
      for (const name of signals) process.off(name, interrupt);
      ended.catch(() => {});
      controller.abort();
    },
  };
}
