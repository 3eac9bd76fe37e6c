/** `/healthz`: whoever asks learns that the process does its work. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from '../../proxies/kit/http/node-http.ts';

export interface Health extends AsyncDisposable {
  /** `172.30.0.9:10252` */
  readonly address: string;
}

/** @param bindAddress `--healthz-bind-address`: host and port; port 0 lets the system choose */
export async function serveHealth(bindAddress: string): Promise<Health> {
  const at = bindAddress.lastIndexOf(':');
  const host = bindAddress.slice(0, at);
  const server = createServer((request, response) => {
    const isHealth = request.url === '/healthz';
    response.writeHead(isHealth ? 200 : 404, { 'Content-Type': 'text/plain; charset=utf-8' });
    response.end(isHealth ? 'ok' : '404 page not found\n');
  });
  server.listen(Number(bindAddress.slice(at + 1)), host.replace(/^\[|\]$/g, ''));
  await once(server, 'listening');
  // The border: a TCP server that listens has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    address: `${host}:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
