import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy in front of a DynamoDB endpoint that adds up the capacity units of all calls. */
export interface CapacityMeter {
  readonly url: string;
  /** Returns a table's units since the previous call. */
  take(tableName: string): Units;
  close(): void;
}

/** Capacity units. */
export interface Units {
  readonly read: number;
  readonly write: number;
}

const READS = new Set(['BatchGetItem', 'GetItem', 'Query', 'Scan']);

export async function startCapacityMeter(endpoint: string): Promise<CapacityMeter> {
  const units = new Map<string, { read: number; write: number }>();
  const note = (action: string, answer: Buffer): void => {
    const { ConsumedCapacity = [] } = JSON.parse(answer.toString());
    for (const { TableName, CapacityUnits } of [ConsumedCapacity].flat()) {
      const table = units.get(TableName) ?? { read: 0, write: 0 };
      table[READS.has(action) ? 'read' : 'write'] += CapacityUnits;
      units.set(TableName, table);
    }
  };

  const server = createServer(async (incoming, outgoing) => {
    const body = await readAll(incoming);
    const answer = await forward(endpoint, incoming, askForCapacity(body));
    const bytes = await readAll(answer);
    note(String(incoming.headers['x-amz-target']).split('.')[1] ?? '', bytes);
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers).end(bytes);
  });
  return {
    url: await listen(server),
    take(tableName) {
      const taken = units.get(tableName) ?? { read: 0, write: 0 };
      units.delete(tableName);
      return taken;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Adds a request for the consumed capacity, because the scripts do not ask for it. */
function askForCapacity(body: Buffer): Buffer {
  return Buffer.concat([Buffer.from('{"ReturnConsumedCapacity":"TOTAL",'), body.subarray(1)]);
}

function forward(endpoint: string, { method, url, headers }: IncomingMessage, body: Buffer) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    const options = { method, path: url, headers: { ...headers, 'content-length': body.length } };
    request(endpoint, options, resolve).on('error', reject).end(body);
  });
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}
