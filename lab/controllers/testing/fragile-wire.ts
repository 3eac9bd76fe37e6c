/** A TCP pass-through that tests can cut or freeze. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface FragileWire extends AsyncDisposable {
  /** `https://127.0.0.1:…` */
  readonly server: string;
  readonly connections: number;
  /** Breaks every connection. */
  cut(): void;
  /** Breaks each connection after so many more bytes towards the client; 0: not any more. */
  cutAfter(bytes: number): void;
  /** Passes nothing on, but keeps every connection that there is; new ones work. */
  freeze(): void;
  /** Breaks every connection, and each new one, until it is told otherwise. */
  setAway(isAway: boolean): void;
}

export async function startFragileWire(target: string): Promise<FragileWire> {
  const { hostname, port: targetPort } = new URL(target);
  const pairs = new Set<readonly [Socket, Socket]>();
  let left = 0;
  let connections = 0;
  let isAway = false;
  const server = createServer((client) => {
    connections++;
    if (isAway) {
      client.destroy();
      return;
    }
    const upstream = connect(Number(targetPort), hostname);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const end = () => {
      client.destroy();
      upstream.destroy();
      pairs.delete(pair);
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    client.on('data', (chunk) => upstream.write(chunk));
    upstream.on('data', (chunk: Buffer) => {
      if (left === 0) {
        client.write(chunk);
        return;
      }
      client.write(chunk.subarray(0, left));
      left = Math.max(0, left - chunk.length);
      if (left === 0) end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // The border: a TCP server that listens has such an address.
  const { port } = server.address() as AddressInfo;
  const cut = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  return {
    server: `https://127.0.0.1:${port}`,
    get connections() {
      return connections;
    },
    cut,
    cutAfter: (bytes) => {
      left = bytes;
    },
    freeze: () => {
      for (const pair of pairs) for (const socket of pair) socket.pause();
    },
    setAway: (next) => {
      isAway = next;
      if (isAway) cut();
    },
    [Symbol.asyncDispose]: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
