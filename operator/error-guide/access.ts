import { type GuideEntry, RUN_DOCTOR } from './entry.ts';

/** Errors of credentials, logins, tokens and scopes. */
export const ACCESS_ERRORS = {
  SECRET_INVALID: {
    happened:
      'the secret is missing, empty or not `{"clientId", "clientSecret"}`; or the file or secret with the user\'s token is damaged, or readable by other users',
    remedy: 'store it again: `npx procurios-sync configure`, or `login`',
    meaning:
      "The client's id and secret could not be read, so nothing was sent to Procurios. A deployment creates the secret without a value.",
    look: [RUN_DOCTOR],
    steps: [
      'In AWS: `npx procurios-sync configure` asks for both, checks them and stores them.',
      'With `--embedded`: set `PROCURIOS_CLIENT_ID` and `PROCURIOS_CLIENT_SECRET`.',
      "If the message names a user's token: `npx procurios-sync login` stores a new one.",
    ],
  },
  CREDENTIALS_REFUSED: {
    happened: 'Procurios refuses the id and secret, also after they were read again',
    remedy: 'check them with Procurios',
    meaning:
      'The token endpoint answers, and does not accept this id with this secret. The program then waits a minute before the next attempt, so that a wrong secret does not lock the client out.',
    look: [RUN_DOCTOR],
    steps: [
      'Compare id and secret with those that Procurios handed out. Common mistakes: a space at an end, or the secret of the test environment in the live one.',
      'With `--embedded` they come from the variables `PROCURIOS_CLIENT_ID` and `PROCURIOS_CLIENT_SECRET`: set both again. In AWS, store them: `npx procurios-sync configure`.',
      'Check that `host` and `tokenUrl` belong to the environment that the secret is for.',
      'Ask Procurios whether the client was withdrawn.',
    ],
  },
  CONSENT_NEEDED: {
    happened: 'no user has logged in, or the token of the user no longer works',
    remedy: 'log in, with the command in the message',
    meaning:
      'The config has the authorization code grant, so requests are made as a user who has consented in a browser. The token of that user has expired, was revoked or is refused, and cannot be renewed. A renewal whose answer was lost has the same effect, because a refresh token is single-use.',
    look: [RUN_DOCTOR],
    steps: [
      'Run `npx procurios-sync login` with the flags in the message, as a user who may see what is pulled.',
      'Then pull again: `npx procurios-sync pull`. In AWS the next scheduled pull resumes, and waiting changes are sent.',
    ],
  },
  LOGIN_FAILED: {
    happened: '`login`: the browser returned no valid answer to this login, or none in time',
    remedy: 'log in again',
    meaning:
      'The callback came too late, to another address, with another state or without a code, or Procurios did not accept the code. Nothing was stored, and a token stored before is still there.',
    look: ['The message says which of these it was.'],
    steps: [
      'Log in again, and finish in the browser before the time is up.',
      'Check that `auth.redirectUrl` is letter by letter one of those registered with Procurios.',
      'If callbacks never have a state, the server may not return it: set `auth.state` to false, and `auth.pkce` to true if the server supports it.',
      'If the page in the browser shows an error, the server may use the other dialect: set `auth.dialect`.',
    ],
  },
  ACCESS_DENIED: {
    happened: 'the token is refused, or a scope is missing',
    remedy: 'ask for the scope, or take the stream out',
    meaning:
      'Procurios accepts the client but not this request. Either the token lacks the scope of a module (403), or the client may not ask for a scope (invalid_scope), or a new token is refused too (401, or the error invalid_token).',
    look: [
      '`npx procurios-sync doctor` compares the granted scopes with those asked for.',
      '`npx procurios-sync discover` lists what the client can reach, and the missing scope of each other module.',
    ],
    steps: [
      'If Procurios has granted the scope, add it to `auth.scopes` in the config.',
      'Otherwise ask Procurios for it, or take the stream or operation out of the config.',
      'If the message names an HTML page, a firewall before Procurios may refuse the address of this machine: ask Procurios to allow it.',
    ],
  },
} satisfies Record<string, GuideEntry>;
