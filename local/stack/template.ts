import { z } from 'zod';

/** A CloudFormation template, as far as it is read here. */
export interface Template {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
  readonly Resources: Readonly<Record<string, Resource>>;
}
export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** A template that AWS would refuse, that would fail in AWS, or that cannot be run on this machine. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';

  /**
   * @param place - The resource's logical id and the way to the property: `PullFunctionA1B2`, `Properties`, `Handler`.
   * @param problem - What is wrong, as the rest of a sentence.
   */
  constructor(place: readonly (string | number)[], problem: string, options?: ErrorOptions) {
    super(`${place.join('.')}: ${problem}`, options);
  }
}

/** The resources of a type, with their logical ids. */
export function resourcesOf({ Resources }: Template, ...types: readonly string[]): [string, Resource][] {
  return Object.entries(Resources).filter(([, { Type }]) => types.includes(Type));
}

/** Puts values in the place of a template's intrinsic functions. */
export interface Resolver {
  resolve(value: unknown, place: readonly (string | number)[]): unknown;
}

/**
 * Reads those properties of a resource that a schema names; the others are not looked at.
 *
 * @throws {TemplateError} One of them cannot be resolved, or is not what the schema expects.
 */
export function readProperties<Schema extends z.ZodObject>(
  [id, { Properties = {} }]: readonly [string, Resource],
  schema: Schema,
  resolver: Resolver,
): z.infer<Schema> {
  const named = Object.entries(Properties).filter(([name]) => name in schema.shape);
  const place = [id, 'Properties'];
  const parsed = schema.safeParse(resolver.resolve(Object.fromEntries(named), place));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = (issue?.path ?? []).map((part) => (typeof part === 'symbol' ? String(part) : part));
  throw new TemplateError([...place, ...path], issue?.message ?? 'is not understood');
}

/** For a schema: a property that would change what happens, and that nothing here acts upon. */
export function unsupported() {
  return z.never({ error: 'is not supported on this machine' }).optional();
}
