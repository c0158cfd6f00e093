import type { ServerResponse } from 'node:http';

/** An error of AWS, as a service refuses a call. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  /** @default 400 */
  readonly status?: number;
}

/** Thrown by a stand-in where the service would refuse. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.refusal = { code, message, status };
  }
}

/** Which calls are refused, by `service:Action`. */
export class Refusals extends Map<string, Refusal> {
  /** The calls so far, by `service:Action`. */
  readonly calls = new Set<string>();
}

/** @throws {Refused} The call is to be refused. */
export function refuseIfTold(refusals: Refusals, action: string): void {
  refusals.calls.add(action);
  const refusal = refusals.get(action) ?? refusals.get('*');
  if (refusal !== undefined) throw new Refused(refusal.code, refusal.message, refusal.status);
}

/** AWS's words to whoever lacks a right. */
export function accessDenied(action: string): Refusal {
  return {
    code: 'AccessDenied',
    status: 403,
    message: `User: arn:aws:iam::111122223333:user/nobody is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`,
  };
}

/** Answers in JSON; what is refused with its code where the SDK looks for it. */
export function answerAsJson(
  response: ServerResponse,
  version: '1.0' | '1.1' | 'rest',
  does: () => object,
): void {
  const type = version === 'rest' ? 'application/json' : `application/x-amz-json-${version}`;
  try {
    const body = does();
    response.writeHead(200, { 'content-type': type }).end(JSON.stringify(body));
  } catch (error) {
    const { code, message, status = 400 } = refusalFrom(error);
    response
      .writeHead(status, { 'content-type': type, 'x-amzn-errortype': code })
      .end(JSON.stringify({ __type: code, message }));
  }
}

export function refusalFrom(error: unknown): Refusal {
  return error instanceof Refused
    ? error.refusal
    : { code: 'InternalFailure', message: String(error), status: 500 };
}

/** Answers in the XML of the query protocol. */
export function answerAsXml(
  response: ServerResponse,
  action: string,
  namespace: string,
  does: () => string,
): void {
  const id = '<RequestId>1</RequestId>';
  try {
    const result = `<${action}Result>${does()}</${action}Result><ResponseMetadata>${id}</ResponseMetadata>`;
    response
      .writeHead(200, { 'content-type': 'text/xml' })
      .end(`<${action}Response xmlns="${namespace}">${result}</${action}Response>`);
  } catch (error) {
    const { code, message, status = 400 } = refusalFrom(error);
    const what = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${xmlText(message)}</Message></Error>`;
    response
      .writeHead(status, { 'content-type': 'text/xml' })
      .end(`<ErrorResponse xmlns="${namespace}">${what}${id}</ErrorResponse>`);
  }
}

export function xmlText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
