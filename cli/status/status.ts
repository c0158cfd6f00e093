import { readConfig } from '../../operator/config.ts';
import { type CommonOptions, flagsOf } from '../../operator/options.ts';
import { openSession } from '../../operator/session.ts';
import { concernsOf } from '../../operator/status/concerns.ts';
import { readStatus } from '../../operator/status/read-status.ts';
import { statusDocument } from '../../operator/status/status-document.ts';
import { EXIT, print } from '../terminal/output-lines.ts';
import { tableWidth } from '../terminal/terminal.ts';
import { statusText } from './status-text.ts';

/** `procurios-sync status`: shows the state of an environment, and what needs an operator. */
export async function status(options: CommonOptions): Promise<number> {
  const config = await readConfig(options);
  await using session = await openSession(config, options);
  const report = await readStatus(session);
  const concerns = concernsOf(report, config, flagsOf(options));
  if (options.json) print(JSON.stringify(statusDocument(report, concerns)));
  else print(statusText(report, concerns, tableWidth()));
  return concerns.length === 0 ? EXIT.done : EXIT.failed;
}
