import packageJson from '../../package.json' with { type: 'json' };
import { type Finding, information, ok, warning } from './finding.ts';

/** The functions and the tests run on it. Proxy settings are supported since 24.14. */
const MAJOR = 24;

/**
 * Checks the version of Node, and lists the tools. The program does not start on a Node older than 22.18.
 *
 * @param node - `24.21.0`.
 */
export function checkMachine(
  node: string,
  variables: Readonly<Record<string, string | undefined>>,
): Finding[] {
  const platform = `${process.platform} ${process.arch}`;
  const [major = 0] = node.split('.').map(Number);
  const nodeFinding =
    major >= MAJOR
      ? ok('node', `${node} on ${platform}`)
      : warning(
          'node',
          `${node} on ${platform}, older than the Node ${MAJOR} of the functions in AWS`,
          `install Node ${MAJOR}; on Linux and Windows, npm ci installs it`,
        );
  const npm = /\bnpm\/(\S+)/.exec(variables.npm_config_user_agent ?? '')?.[1];
  const tools = [
    `procurios-sync ${packageJson.version}`,
    `aws-cdk ${packageJson.devDependencies['aws-cdk']}`,
    npm === undefined ? undefined : `npm ${npm}`,
  ];
  return [nodeFinding, information('tools', tools.filter(Boolean).join(', '))];
}
