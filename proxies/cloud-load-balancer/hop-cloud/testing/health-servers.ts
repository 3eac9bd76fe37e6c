/** For tests: what answers at nodes when they are asked for their health. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HealthServer extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  /** How often it was asked. */
  asked: number;
  /** `silent`: it takes the question, and never answers. */
  answer: 200 | 503 | 'silent';
}

/** @param port 0 lets the system choose */
export async function startHealthServer(address: string, port = 0): Promise<HealthServer> {
  const server = createServer((_request, response) => {
    health.asked += 1;
    if (health.answer === 'silent') return;
    response.statusCode = health.answer;
    response.end();
  });
  server.listen(port, address);
  await once(server, 'listening');
  const health: HealthServer = {
    address,
    port: (server.address() as AddressInfo).port,
    asked: 0,
    answer: 200,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return health;
}
