import type { Language } from './api-call.ts';
import { ApiError } from './api-error.ts';
import type { Access } from './route.ts';
import type { Switches } from './switches.ts';
import type { TokenAccess, Tokens } from './tokens.ts';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Checks token, scope and media type, in that order.
 *
 * @returns The token's access.
 * @throws {ApiError} With status 401, 403 or 406.
 */
export function checkAccess(
  access: Access,
  headers: Headers,
  tokens: Tokens,
  switches: Switches,
): TokenAccess {
  const granted = tokens.check(tokenIn(headers));
  if (typeof granted === 'string') {
    throw new ApiError(401, `Access token ${granted}`);
  }
  if (!access.scopes.some((scope) => granted.scopes.has(scope))) {
    throw new ApiError(403, 'Insufficient scope');
  }
  if (switches.wrongAccept === 'refused' && !accepts(access, String(headers.accept ?? ''))) {
    throw new ApiError(406, 'Unsupported media type in Accept');
  }
  return granted;
}

/** Returns the access of a request's token; undefined if the request has no valid token. */
export function accessOf(headers: Headers, tokens: Tokens): TokenAccess | undefined {
  const granted = tokens.check(tokenIn(headers));
  return typeof granted === 'string' ? undefined : granted;
}

/** Returns the content type of a route's answers; undefined if no vendor type is documented. */
export function mediaTypeOf(access: Access | undefined): string | undefined {
  const [version] = access?.versions ?? [1];
  return access?.type === undefined ? undefined : `${typeName(access)}; version=${version}`;
}

/** Returns the language that the header ranks higher, and Dutch if the header has neither Dutch nor English. */
export function languageOf(header: string | string[] | undefined, { acceptLanguage }: Switches): Language {
  const ranked = String(header ?? '')
    .split(',')
    .map((range) => {
      const [tag = '', quality = 'q=1'] = range
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/);
      return { language: tag.slice(0, 2), quality: Number(quality.slice(2)) };
    })
    .filter(({ language }) => language === 'nl' || language === 'en')
    .toSorted((one, other) => other.quality - one.quality);
  return acceptLanguage === 'translates' && ranked[0]?.language === 'en' ? 'en' : 'nl';
}

function tokenIn({ authorization }: Headers): string | undefined {
  return /^Bearer (\S+)$/i.exec(String(authorization ?? ''))?.[1];
}

function accepts(access: Access, accept: string): boolean {
  if (access.type === undefined) {
    return true;
  }
  return accept.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const version = parameters.find((parameter) => parameter.startsWith('version='))?.slice(8);
    return type === typeName(access) && (access.versions ?? [1]).includes(Number(version));
  });
}

function typeName({ type, suffix = 'json' }: Access): string {
  return `application/vnd.procurios.${type}+${suffix}`;
}
