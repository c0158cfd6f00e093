import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createFunctionHost, type FunctionHost, type FunctionSpec } from './function-host.ts';
import { functionArn } from './name-resources.ts';
import type { Assembly } from './read-assembly.ts';
import { type Resource, readProperties, resourcesOf, TemplateError, unsupported } from './template.ts';
import type { TemplateResolver } from './template-resolver.ts';

const FUNCTION = z.object({
  FunctionName: z.string().optional(),
  Code: z.object({ S3Key: z.string({ error: 'is expected: code within a template is not supported' }) }),
  Handler: z.string().regex(/^[^.]+\.[^.]+$/, 'is not FILE.EXPORT'),
  Runtime: z.string().regex(/^nodejs2[024]\.x$/, 'is not a Node.js runtime of Lambda'),
  PackageType: z.literal('Zip').optional(),
  Timeout: z.number().min(1).max(900).default(3),
  MemorySize: z.number().min(128).max(10_240).default(128),
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }).optional(),
  DurableConfig: z.object({ ExecutionTimeout: z.number().min(1).max(31_622_400) }).optional(),
  Layers: unsupported(),
  VpcConfig: unsupported(),
  FileSystemConfigs: unsupported(),
});

/** Variables that Lambda sets itself and refuses in a template. */
const RESERVED =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(REGION|DEFAULT_REGION|EXECUTION_ENV|ACCESS_KEY.*|SECRET_ACCESS_KEY|SESSION_TOKEN|LAMBDA_.*)|LAMBDA_.*)$/;
/** The largest total size of the variables' names and values, in bytes. */
const MOST_VARIABLES_BYTES = 4096;

/** The template's functions. */
export interface TemplateFunctions {
  readonly hosts: readonly FunctionHost[];
  /**
   * Finds a function by its name or ARN, with or without a version or alias of the template.
   *
   * @param place - The path of the property that names the function, for errors.
   * @throws {TemplateError} If there is no such function, or if a durable function is named without a version or alias.
   */
  find(nameOrArn: string, place: readonly string[]): FunctionTarget;
}
/** A function, and the ARN to invoke it by. */
export interface FunctionTarget {
  readonly host: FunctionHost;
  readonly arn: string;
}

interface FunctionsOptions {
  /** Variables of every function in addition to the template's. */
  readonly surroundings: Readonly<Record<string, string>>;
  readonly onLog: (functionId: string, line: string) => void;
  /** Returns the functions' time, in milliseconds since the epoch. */
  readonly now: () => number;
}

/** @throws {TemplateError} If Lambda would refuse a function or could not run it. */
export function createTemplateFunctions(
  { template, assets }: Assembly,
  resolver: TemplateResolver,
  { surroundings, onLog, now }: FunctionsOptions,
): TemplateFunctions {
  const hosts = resourcesOf(template, 'AWS::Lambda::Function').map((resource) => {
    const spec = readFunction(resource, resolver, { assets, surroundings });
    return createFunctionHost(spec, { onLog: (line) => onLog(spec.id, line), now });
  });
  const qualified = resourcesOf(template, 'AWS::Lambda::Alias', 'AWS::Lambda::Version').map(
    ([id]) => resolver.resolve({ Ref: id }, [id]) as string,
  );
  return {
    hosts,
    find(nameOrArn, place) {
      const arn = functionArn(nameOrArn);
      const host = hosts.find(({ spec }) => arn === spec.arn || arn.startsWith(`${spec.arn}:`));
      if (host === undefined || (arn !== host.spec.arn && !qualified.includes(arn))) {
        throw new TemplateError(place, `the template has no function, version or alias ${nameOrArn}`);
      }
      if (host.spec.executionTimeoutMs !== undefined && arn === host.spec.arn) {
        throw new TemplateError(
          place,
          `${host.spec.id} is durable and can only be invoked by a version or an alias`,
        );
      }
      return { host, arn };
    },
  };
}

function readFunction(
  resource: readonly [string, Resource],
  resolver: TemplateResolver,
  { assets, surroundings }: Pick<Assembly, 'assets'> & Pick<FunctionsOptions, 'surroundings'>,
): FunctionSpec {
  const [id] = resource;
  const properties = readProperties(resource, FUNCTION, resolver);
  const { Runtime, Timeout, MemorySize, DurableConfig, Environment = { Variables: {} } } = properties;
  const { ref: name, arn } = resolver.nameOf(id);
  if (DurableConfig !== undefined && Runtime === 'nodejs20.x') {
    throw new TemplateError(
      [id, 'Properties', 'Runtime'],
      `${Runtime} does not support a durable configuration`,
    );
  }
  checkVariables(id, Environment.Variables);
  return {
    id,
    name,
    arn,
    ...findCode(id, properties, assets),
    timeoutMs: Timeout * 1000,
    memoryMb: MemorySize,
    environment: {
      ...Environment.Variables,
      ...surroundings,
      AWS_EXECUTION_ENV: `AWS_Lambda_${Runtime}`,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: '1',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
      TZ: ':UTC',
    },
    executionTimeoutMs: DurableConfig && DurableConfig.ExecutionTimeout * 1000,
  };
}

function checkVariables(id: string, variables: Readonly<Record<string, string>>): void {
  const place = [id, 'Properties', 'Environment', 'Variables'];
  const reserved = Object.keys(variables).find((name) => RESERVED.test(name));
  if (reserved !== undefined)
    throw new TemplateError([...place, reserved], 'is a variable that Lambda sets itself');
  if (Buffer.byteLength(JSON.stringify(variables)) > MOST_VARIABLES_BYTES) {
    throw new TemplateError(place, `is more than ${MOST_VARIABLES_BYTES} bytes`);
  }
}

/** Finds the handler's module as Lambda does. For `index.handler` that is `index.js`, `index.mjs` or `index.cjs`. */
function findCode(
  id: string,
  { Code, Handler }: z.infer<typeof FUNCTION>,
  assets: Assembly['assets'],
): Pick<FunctionSpec, 'folder' | 'file' | 'handlerName'> {
  const folder = assets.get(Code.S3Key);
  if (folder === undefined) {
    throw new TemplateError([id, 'Properties', 'Code', 'S3Key'], 'is not an asset of the assembly');
  }
  const [module = '', handlerName = ''] = Handler.split('.');
  const candidates = ['js', 'mjs', 'cjs'].map((extension) => join(folder, `${module}.${extension}`));
  const file = candidates.find((candidate) => existsSync(candidate));
  if (file === undefined) {
    throw new TemplateError([id, 'Properties', 'Handler'], `the bundle has no ${module}.js, .mjs or .cjs`);
  }
  return { folder, file, handlerName };
}
