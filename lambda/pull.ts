import { withDurableExecution } from '@aws/durable-execution-sdk-js';
import { createDynamoDb, createEventBridge, createLambda, createSecretsManager } from './aws/clients.ts';
import { readBundledConfig } from './deployment/bundled-config.ts';
import { createLog } from './runtime/log.ts';
import { createMetrics } from './runtime/metrics.ts';
import { durablePull } from './wiring/durable-pull.ts';
import { durablePorts } from './wiring/durable-pull-ports.ts';
import { openTokenSource } from './wiring/token-source.ts';

const config = readBundledConfig(import.meta.url, process.env.PROCURIOS_HOST);
const dynamoDb = createDynamoDb();

const ports = durablePorts({
  config,
  dynamoDb,
  lambda: createLambda(),
  eventBridge: createEventBridge(),
  // Shared by the invocations of this process, because a token is valid until it expires.
  token: openTokenSource(config, { dynamoDb, secretsManager: createSecretsManager() }),
  log: createLog(),
  metrics: createMetrics(config.environment),
});

/** Pulls all streams. A durable execution is one run, over as many invocations as it needs. */
export const handler = withDurableExecution(durablePull(ports));
