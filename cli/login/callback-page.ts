import { createHash } from 'node:crypto';

/** The result that the browser shows: of the login, or `foreign` for a visit that does not belong to it. */
export type CallbackOutcome = 'done' | 'failed' | 'foreign';

const TEXTS: Readonly<Record<CallbackOutcome, { title: string; text: string; mark: string }>> = {
  done: { title: 'You are logged in', text: 'You can close this window.', mark: '✓' },
  failed: {
    title: 'The login did not work',
    text: 'Nothing was stored. The terminal says why; you can close this window.',
    mark: '!',
  },
  foreign: {
    title: 'Another login is waiting',
    text: 'This page does not belong to it, and changed nothing. The terminal has the address where you consent.',
    mark: '!',
  },
};

/** Removes the code from the address bar. The browser's history may keep the code, which is single-use and already used. */
const SCRIPT = "history.replaceState(null, '', location.pathname)";

/** Headers that forbid other sources, storing the page, and showing it inside another page. */
export function callbackHeaders(): Readonly<Record<string, string>> {
  const script = createHash('sha256').update(SCRIPT).digest('base64');
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${script}'; frame-ancestors 'none'`,
    'referrer-policy': 'no-referrer',
    connection: 'close',
  };
}

export function callbackPage(outcome: CallbackOutcome): string {
  const { title, text, mark } = TEXTS[outcome];
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title} · procurios-sync</title>
  <style>
    body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; box-sizing: border-box;
      background: #f5f7fa; color: #1c2733; font: 16px/1.5 system-ui, sans-serif; text-align: center }
    .mark { width: 3.5rem; height: 3.5rem; margin: 0 auto 1rem; border-radius: 50%; font: 700 1.75rem/3.5rem system-ui, sans-serif;
      color: #fff; background: #1b7f4b }
    .failed .mark, .foreign .mark { background: #b3261e }
    h1 { margin: 0 0 .25rem; font-size: 1.375rem }
    p { margin: 0; color: #52606d }
    @media (prefers-color-scheme: dark) { body { background: #12181f; color: #e4e9ee } p { color: #a5b1bd } }
  </style>
</head>
<body>
  <main class="${outcome}">
    <div class="mark" aria-hidden="true">${mark}</div>
    <h1>${title}</h1>
    <p>${text}</p>
  </main>
  <script>${SCRIPT}</script>
</body>
</html>
`;
}
