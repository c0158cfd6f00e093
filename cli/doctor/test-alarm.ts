import { readConfig } from '../../operator/config.ts';
import { createDeployedClients } from '../../operator/deployed/aws-clients.ts';
import { testAlarm } from '../../operator/deployed/test-alarm.ts';
import type { CommonOptions } from '../../operator/options.ts';
import { proxyFrom } from '../../operator/proxy.ts';
import { countOf } from '../../operator/words.ts';
import { EXIT, print, say } from '../terminal/output-lines.ts';

/** `procurios-sync test-alarm`: raises an alarm, so that its readers get a message. */
export async function raiseTestAlarm(options: CommonOptions): Promise<number> {
  const config = await readConfig(options);
  if (config.region !== undefined) process.env.AWS_REGION = config.region;
  using clients = createDeployedClients(proxyFrom(process.env));
  const { alarm, subscriptions } = await testAlarm(config, clients);
  if (options.json) print(JSON.stringify({ alarm, subscriptions }));
  else {
    say(`raised ${alarm} as a test; AWS sends it to ${countOf(subscriptions, 'subscription')} of the topic`);
    say('CloudWatch clears it within minutes; if no message arrives, look at the subscription in SNS');
  }
  return EXIT.done;
}
