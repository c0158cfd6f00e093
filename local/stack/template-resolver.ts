import { type Resolver, type Template, TemplateError } from './template.ts';

/** The values of `Ref` and `Fn::GetAtt` for a resource. */
export interface PhysicalResource {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

type Place = readonly (string | number)[];

/** The account and region of all resources on this machine. */
export const ACCOUNT = '000000000000';
export const REGION = 'eu-west-1';

/**
 * Resolves the intrinsic functions Ref, GetAtt, Join, Sub, Select and Split. Everything else that cannot be resolved is an
 * error.
 */
export class TemplateResolver implements Resolver {
  readonly #template: Template;
  readonly #pseudoParameters: ReadonlyMap<string, string>;
  readonly #physical = new Map<string, () => PhysicalResource>();
  readonly stackName: string;

  constructor(template: Template, stackName: string) {
    this.#template = template;
    this.#pseudoParameters = new Map([
      ['AWS::AccountId', ACCOUNT],
      ['AWS::Partition', 'aws'],
      ['AWS::Region', REGION],
      ['AWS::StackId', `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${stackName}/1`],
      ['AWS::StackName', stackName],
      ['AWS::URLSuffix', 'amazonaws.com'],
    ]);
    this.stackName = stackName;
  }

  /** Defines the values of a resource, or a function that returns them at the first reference. */
  define(id: string, physical: PhysicalResource | (() => PhysicalResource)): void {
    this.#physical.set(id, typeof physical === 'function' ? physical : () => physical);
  }

  /** Returns the name and the ARN of a resource that has both. */
  nameOf(id: string): { readonly ref: string; readonly arn: string } {
    return { ref: this.#ref(id, [id]) as string, arn: this.#getAtt([id, 'Arn'], [id]) };
  }

  /** @throws {TemplateError} If a part of the value cannot be resolved; names the part's place. */
  resolve(value: unknown, place: Place): unknown {
    if (Array.isArray(value)) {
      return value
        .map((each, index) => this.resolve(each, [...place, index]))
        .filter((each) => each !== NO_VALUE);
    }
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [name, argument] = entries[0] ?? ['', undefined];
    if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::') || name === 'Condition')) {
      return this.#intrinsic(name, argument, [...place, name]);
    }
    const resolved = entries.map(([key, each]) => [key, this.resolve(each, [...place, key])] as const);
    return Object.fromEntries(resolved.filter(([, each]) => each !== NO_VALUE));
  }

  #intrinsic(name: string, argument: unknown, place: Place): unknown {
    switch (name) {
      case 'Ref':
        return this.#ref(String(argument), place);
      case 'Fn::GetAtt':
        return this.#getAtt(argument, place);
      case 'Fn::Join': {
        const [separator, parts] = this.#list(argument, place);
        return (this.#list(parts, place) as string[]).join(String(separator));
      }
      case 'Fn::Select': {
        const [index, parts] = this.#list(argument, place);
        return this.#list(parts, place)[Number(index)];
      }
      case 'Fn::Split': {
        const [separator, text] = this.#list(argument, place);
        return String(text).split(String(separator));
      }
      case 'Fn::Sub':
        return this.#sub(argument, place);
      default:
        throw new TemplateError(place, 'is an intrinsic function that cannot be resolved on this machine');
    }
  }

  #ref(id: string, place: Place): unknown {
    if (id === 'AWS::NoValue') return NO_VALUE;
    const pseudo = this.#pseudoParameters.get(id);
    if (pseudo !== undefined) return pseudo;
    const parameter = this.#template.Parameters?.[id];
    if (parameter === undefined) return this.#physicalOf(id, place).ref;
    if (parameter.Default === undefined) throw new TemplateError(place, `the parameter ${id} has no default`);
    return parameter.Default;
  }

  #getAtt(argument: unknown, place: Place): string {
    const [id = '', attribute = ''] = Array.isArray(argument)
      ? (argument as string[])
      : String(argument).split(/\.(.*)/s);
    const value = this.#physicalOf(id, place).attributes[attribute];
    if (value === undefined) {
      const type = this.#template.Resources[id]?.Type;
      throw new TemplateError(place, `${id} (${type}) has no ${attribute} on this machine`);
    }
    return value;
  }

  #sub(argument: unknown, place: Place): string {
    const [text, variables = {}] = Array.isArray(argument) ? argument : [argument];
    const own = this.resolve(variables, place) as Record<string, unknown>;
    return String(text).replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
      if (literal !== '') return `\${${name}}`;
      if (name in own) return String(own[name]);
      return String(name.includes('.') ? this.#getAtt(name, place) : this.#ref(name, place));
    });
  }

  #list(argument: unknown, place: Place): unknown[] {
    const resolved = this.resolve(argument, place);
    if (!Array.isArray(resolved)) throw new TemplateError(place, 'is not a list');
    return resolved;
  }

  #physicalOf(id: string, place: Place): PhysicalResource {
    const physical = this.#physical.get(id);
    if (physical !== undefined) return physical();
    const resource = this.#template.Resources[id];
    if (resource === undefined) throw new TemplateError(place, `the template has no resource ${id}`);
    throw new TemplateError(place, `${id} (${resource.Type}) does not exist on this machine, or not yet`);
  }
}

const NO_VALUE = Symbol('AWS::NoValue');
