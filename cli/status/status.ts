import { readConfig } from '../../operator/config.ts';
import { createDeployedClients } from '../../operator/deployed/aws-clients.ts';
import { type CommonOptions, flagsOf } from '../../operator/options.ts';
import { proxyFrom } from '../../operator/proxy.ts';
import { openSession } from '../../operator/session.ts';
import { readStatus } from '../../operator/status/read-status.ts';
import { type Matter, mattersOf, type StatusReport } from '../../operator/status/status-report.ts';
import { EXIT, print } from '../terminal/output-lines.ts';
import { tableWidth } from '../terminal/terminal.ts';
import { statusText } from './status-text.ts';

/** `procurios-sync status`: how things stand, and what needs a person. */
export async function status(options: CommonOptions): Promise<number> {
  const config = await readConfig(options);
  await using session = await openSession(config, options);
  using deployed = options.embedded ? undefined : createDeployedClients(proxyFrom(process.env));
  const report = await readStatus(config, session, deployed);
  const matters = mattersOf(report, flagsOf(options));
  if (options.json) print(JSON.stringify(documentOf(report, matters)));
  else print(statusText(report, matters, tableWidth()));
  return matters.length === 0 ? EXIT.done : EXIT.failed;
}

/** Parts that could not be read are null, and `unavailable` says why. */
function documentOf({ environment, at, ...parts }: StatusReport, matters: readonly Matter[]) {
  const entries = Object.entries(parts);
  const values = entries.map(([name, part]) => [name, 'value' in part ? part.value : null]);
  const unavailable = entries.flatMap(([name, part]) =>
    'unavailable' in part ? [[name, part.unavailable] as const] : [],
  );
  return {
    ...{ environment, at, needsPerson: matters },
    ...Object.fromEntries(values),
    unavailable: Object.fromEntries(unavailable),
  };
}
