import packageJson from '../../package.json' with { type: 'json' };
import { type Finding, information, ok, warning } from './finding.ts';

/** Functions run on it, the tests too, and proxies are obeyed since 24.14. */
const MAJOR = 24;

/**
 * Node and the tools; nothing runs on a Node older than 22.18 at all.
 *
 * @param node - Its version.
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
          `${node} on ${platform}, older than what runs in AWS`,
          `install Node ${MAJOR}; on Linux and Windows npm ci brings it along`,
        );
  const npm = /\bnpm\/(\S+)/.exec(variables.npm_config_user_agent ?? '')?.[1];
  const tools = [
    `procurios-sync ${packageJson.version}`,
    `aws-cdk ${packageJson.devDependencies['aws-cdk']}`,
    npm === undefined ? undefined : `npm ${npm}`,
  ];
  return [nodeFinding, information('tools', tools.filter(Boolean).join(', '))];
}
