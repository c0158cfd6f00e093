import { createDynamoDb } from '../../lambda/aws/clients.ts';
import type { Progress } from '../../lambda/core/pull/run-ports.ts';
import { createClient } from '../../lambda/procurios/http/client.ts';
import { runPull } from '../../lambda/wiring/run-pull.ts';
import { configOf, tokenFor } from './configuration.ts';
import { type Pulled, type Round, serveRounds } from './round.ts';

const SILENT: Progress = { streamBegins() {}, pageTaken() {}, waits() {}, streamEnds() {} };

const dynamoDb = createDynamoDb();

serveRounds(async (round: Round): Promise<Pulled> => {
  const config = configOf(round);
  const { host, acceptLanguage, requestsPerSecond, streams } = config;
  const token = tokenFor(config);
  const receipt = await runPull({
    config,
    streams,
    procurios: createClient({ host, acceptLanguage, token, requestsPerSecond: requestsPerSecond.pull }),
    token,
    dynamoDb,
    holderName: 'the benchmark',
    isAlone: true,
    readHolderState: async () => 'unknown',
    progress: SILENT,
    signal: new AbortController().signal,
    onWatch() {},
    onUnexpected(error) {
      throw error;
    },
  });
  const [pulled] = Object.values(receipt.streams);
  if (pulled?.status !== 'complete') throw new Error(`the pull is not complete: ${pulled?.error?.message}`);
  return pulled;
});
