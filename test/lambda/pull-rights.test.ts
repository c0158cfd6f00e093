import { expect, test } from '@jest/globals';
import { stateTableName } from '../../lambda/deployment/names.ts';
import { SIMULATOR_CREDENTIALS } from '../../local/simulator/simulator.ts';
import { CLIENT_SECRET, deployPull, SHORT_SLICES } from '../support/deployed-pull.ts';
import { actionsOf, keysOf, matches, refused, type Use, usesOf } from '../support/recorded-uses.ts';
import { rightsOf } from '../support/rights.ts';
import { synthesize } from '../support/synthesize.ts';

test('the pull makes no call to DynamoDB that the stack does not allow it, and needs every right it has', async () => {
  await using deployed = await deployPull({ relations: 250, requestsPerSecond: 100 });
  const { aws, proxy, config } = deployed;
  aws.secrets.put(CLIENT_SECRET, JSON.stringify(SIMULATOR_CREDENTIALS));
  const uses: Use[] = [];
  proxy.onCall((call) => {
    uses.push(...usesOf(call));
    return undefined;
  });

  const execution = await deployed.execute(SHORT_SLICES);

  expect(execution.status).toBe('SUCCEEDED');
  const template = synthesize(config);
  const granted = rightsOf(template, 'PullFunctionRole');
  expect(refused(uses, granted, template)).toEqual([]);

  const state = stateTableName(config.environment);
  const ofState = granted.find((statement) => keysOf(statement).length > 0);
  expect(actionsOf(uses, state)).toEqual(ofState?.Action);
  const keys = uses.filter(({ resource }) => resource === state).map(({ key }) => key);
  expect(ofState && keysOf(ofState).filter((each) => !keys.some((key) => matches(each, key)))).toEqual([]);
}, 120_000);
