import { chdir, cwd } from 'node:process';
import { SIMULATOR_CREDENTIALS } from '../../../local/simulator/simulator.ts';
import type { Finding } from '../../../operator/doctor/finding.ts';
import { newFolder, writeConfig } from '../../support/command-line.ts';
import { answerJson, type Handler } from '../../support/http-server.ts';

/** The result of an examination. */
export interface Examined {
  readonly findings: readonly Finding[];
  /** The warnings and failures. */
  readonly problems: readonly Finding[];
}

export interface ExamineOptions {
  /** Whether to leave out `--embedded`. */
  readonly inAws?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** Variables of this machine that would change the findings. */
const NOT_OURS = /^(AWS_|PROCURIOS_|(https?|no|all)_proxy$)/i;
const NO_AWS = { AWS_CONFIG_FILE: '/nonexistent', AWS_SHARED_CREDENTIALS_FILE: '/nonexistent' };

/** Examines a config in a new folder, with only the given variables. */
export async function examine(config: unknown, options: ExamineOptions = {}): Promise<Examined> {
  const { inAws = false, env = {} } = options;
  const [folder, before, variables] = [await newFolder('doctor'), cwd(), { ...process.env }];
  await writeConfig(folder, config);
  // Loaded only here, because a test file may replace a module that it imports.
  const { examine: examineEnvironment } = await import('../../../operator/doctor/examination.ts');
  try {
    for (const name of Object.keys(variables)) if (NOT_OURS.test(name)) delete process.env[name];
    Object.assign(process.env, NO_AWS, env);
    chdir(folder);
    const findings: Finding[] = [];
    for await (const { group: _group, ...finding } of examineEnvironment({
      config: 'procurios.config.ts',
      embedded: !inAws,
    })) {
      findings.push(finding);
    }
    const isProblem = ({ status }: Finding) => status === 'warning' || status === 'failure';
    return { findings, problems: findings.filter(isProblem) };
  } finally {
    chdir(before);
    for (const name of Object.keys(process.env)) if (!(name in variables)) delete process.env[name];
    Object.assign(process.env, variables);
  }
}

export const TYPE = 'application/vnd.procurios.relation+json; version=1';

/** A config with a stream `things` that has these settings. */
export function configFor(host: string, stream: Record<string, unknown> = {}, rest: object = {}) {
  return {
    environment: 'acme',
    host,
    auth: { grant: 'clientCredentials', scopes: ['things/read'] },
    requestsPerSecond: { pull: 500 },
    streams: [
      {
        name: 'things',
        path: '/l/things_api/thing',
        mediaType: TYPE,
        key: 'id',
        paging: { kind: 'onePage' },
        ...stream,
      },
    ],
    ...rest,
  };
}

/** Starts a server that grants tokens, and answers other requests with the result of `answer` for path and query. */
export function procurios(answer: (url: URL) => unknown): Handler {
  return ({ path }, response) => {
    const url = new URL(path, 'http://procurios');
    if (url.pathname === '/l/oauth2/token') {
      answerJson(response, { access_token: 'token', expires_in: 600, scope: 'things/read' });
    } else answerJson(response, answer(url));
  };
}

/** Objects `{id, title}`, numbered from a number. */
export function things(from: number, count: number): { readonly id: number; readonly title: string }[] {
  return Array.from({ length: count }, (_, index) => ({
    id: from + index,
    title: `Thing ${(from + index) % 3}`,
  }));
}

/** A listing of 60 things by `page`, 25 on each page. It ignores other parameters. */
export function pages({ searchParams }: URL) {
  const page = Number(searchParams.get('page') ?? 1);
  return things(1, 60).slice((page - 1) * 25, page * 25);
}

export const CLIENT = {
  PROCURIOS_CLIENT_ID: SIMULATOR_CREDENTIALS.clientId,
  PROCURIOS_CLIENT_SECRET: SIMULATOR_CREDENTIALS.clientSecret,
};
