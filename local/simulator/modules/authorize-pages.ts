const STYLE = `
  * { box-sizing: border-box }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: #eef1f4;
    color: #1c2733; font: 16px/1.5 system-ui, sans-serif }
  main { width: 100%; max-width: 26rem; background: #fff; border-radius: 10px; padding: 2rem;
    box-shadow: 0 1px 3px rgb(28 39 51 / 15%) }
  h1 { margin: 0 0 .25rem; font-size: 1.375rem }
  p { margin: 0 0 1.25rem; color: #52606d }
  label { display: block; margin-bottom: 1rem; font-weight: 600 }
  input { display: block; width: 100%; margin-top: .25rem; padding: .625rem .75rem; border: 1px solid #9aa5b1;
    border-radius: 6px; font: inherit; font-weight: 400 }
  button { padding: .625rem 1.25rem; border: 1px solid #1f5f99; border-radius: 6px; background: #1f5f99; color: #fff;
    font: inherit; font-weight: 600; cursor: pointer }
  button.quiet { background: #fff; color: #1f5f99 }
  input:focus-visible, button:focus-visible { outline: 3px solid #7cb8ee; outline-offset: 1px }
  .choice { display: flex; gap: .75rem; flex-direction: row-reverse; justify-content: flex-end }
  ul { margin: 0 0 1.5rem; padding: .75rem 1rem .75rem 2rem; background: #f5f7fa; border-radius: 6px }
  code { font-size: .875rem; overflow-wrap: anywhere }
  .wrong { padding: .625rem .75rem; border-radius: 6px; background: #fdecea; color: #8a1c12 }
  footer { margin-top: 1.5rem; font-size: .8125rem; color: #6b7884 }
  @media (prefers-color-scheme: dark) {
    body { background: #12181f; color: #e4e9ee } main { background: #1c2733 } p, footer { color: #a5b1bd }
    input { background: #12181f; color: inherit } ul { background: #12181f } button.quiet { background: #1c2733; color: #9ecbf5 }
  }`;

/** Asks who the user is; the form goes back to the same address. */
export function signInPage(filled: { email: string; password: string }, wrong: string | undefined): string {
  return page(
    'Sign in',
    `<h1>Sign in</h1>
    <p>to the simulated Procurios</p>
    ${wrong === undefined ? '' : `<p class="wrong" role="alert">${escaped(wrong)}</p>`}
    <form method="post">
      <label>E-mail <input name="email" type="email" autocomplete="off" required value="${escaped(filled.email)}"></label>
      <label>Password <input name="password" type="password" autocomplete="off" required value="${escaped(filled.password)}"></label>
      <button>Sign in</button>
    </form>
    <footer>Every relation's address works; the password of all is “simulator”.</footer>`,
  );
}

/** Returns the page that asks for the user's consent. @param signIn - The sign-in's id. */
export function consentPage(name: string, scopes: readonly string[], signIn: string): string {
  const items = scopes.map((scope) => `<li><code>${escaped(scope)}</code></li>`).join('');
  return page(
    'Allow access',
    `<h1>Allow access?</h1>
    <p>${escaped(name)}, the application asks to act for you in the simulated Procurios, within these scopes:</p>
    <ul>${items === '' ? '<li>none</li>' : items}</ul>
    <form method="post" class="choice">
      <input type="hidden" name="sign_in" value="${escaped(signIn)}">
      <button name="decision" value="approve">Approve</button>
      <button name="decision" value="refuse" class="quiet">Refuse</button>
    </form>`,
  );
}

export function refusalPage(reason: string): string {
  return page(
    'Invalid request',
    `<h1>Invalid request</h1><p>${escaped(reason)}</p><footer>The application that sent you here must correct its request.</footer>`,
  );
}

function page(title: string, content: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title} · Simulated Procurios</title>
  <style>${STYLE}</style>
</head>
<body>
  <main>
    ${content}
  </main>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
