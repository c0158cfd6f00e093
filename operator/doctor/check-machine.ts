import packageJson from '../../package.json' with { type: 'json' };
import { type Finding, information, ok } from './finding.ts';

/**
 * Lists the version of Node and of the tools. The program does not start on a Node that is too old.
 *
 * @param node - `24.21.0`.
 */
export function checkMachine(
  node: string,
  variables: Readonly<Record<string, string | undefined>>,
): Finding[] {
  const npm = /\bnpm\/(\S+)/.exec(variables.npm_config_user_agent ?? '')?.[1];
  const tools = [
    `procurios-sync ${packageJson.version}`,
    `aws-cdk ${packageJson.devDependencies['aws-cdk']}`,
    npm === undefined ? undefined : `npm ${npm}`,
  ];
  return [
    ok('node', `${node} on ${process.platform} ${process.arch}`),
    information('tools', tools.filter(Boolean).join(', ')),
  ];
}
