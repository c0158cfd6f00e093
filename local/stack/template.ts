import { z } from 'zod';

/** A CloudFormation template, with the parts that are read here. */
export interface Template {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
  readonly Resources: Readonly<Record<string, Resource>>;
}
export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** The template would be refused by AWS or fail there, or is not supported on this machine. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';

  /**
   * @param place - The resource's logical id and the path to the property: `PullFunctionA1B2`, `Properties`, `Handler`.
   * @param problem - The problem, as the second part of the message after a colon.
   */
  constructor(place: readonly (string | number)[], problem: string, options?: ErrorOptions) {
    super(`${place.join('.')}: ${problem}`, options);
  }
}

/** Returns the resources of these types, with their logical ids. */
export function resourcesOf({ Resources }: Template, ...types: readonly string[]): [string, Resource][] {
  return Object.entries(Resources).filter(([, { Type }]) => types.includes(Type));
}

/** Replaces a template's intrinsic functions by their values. */
export interface Resolver {
  resolve(value: unknown, place: readonly (string | number)[]): unknown;
}

/**
 * Reads the properties of a resource that the schema has, and ignores the others.
 *
 * @throws {TemplateError} If a property cannot be resolved or does not match the schema.
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
  throw new TemplateError([...place, ...path], issue?.message ?? 'is invalid');
}

/** Schema of a property that must be absent, because it has an effect in AWS that is not implemented here. */
export function unsupported() {
  return z.never({ error: 'is not supported on this machine' }).optional();
}
