import { expect, it } from 'vitest';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { randomInt } from 'node:crypto';
import { createServiceHealth } from './service-health.ts';

/** A port that nobody has, of those that the system gives to nobody by itself. */
async function freePort(): Promise<number> {
  const server = createServer().listen(20_000 + randomInt(12_000), '127.0.0.1');
  const isFree = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  const address = server.address();
  server.close();
  return isFree && typeof address === 'object' && address ? address.port : freePort();
}

function statusAt(address: string, port: number): Promise<number> {
  return fetch(`http://${address}:${port}/`).then(
    ({ status }) => status,
    () => 0,
  );
}

const web = { namespace: 'default', name: 'web', localEndpoints: 1 };

it('listens where the Service and the node say now, and nowhere else', async () => {
  const [first, second] = [await freePort(), await freePort()];
  await using health = createServiceHealth({
    nodeName: 'node-1',
    isProxyHealthy: () => true,
    events: { record: () => undefined, [Symbol.asyncDispose]: () => Promise.resolve() },
    log: () => undefined,
  });
  const statuses = () =>
    Promise.all([
      statusAt('127.0.0.1', first),
      statusAt('127.0.0.1', second),
      statusAt('127.0.0.2', second),
    ]);
  await health.sync([{ ...web, port: first }], ['127.0.0.1']);
  expect(await statuses()).toEqual([200, 0, 0]);
  await health.sync([{ ...web, port: second }], ['127.0.0.1']);
  expect(await statuses()).toEqual([0, 200, 0]);
  await health.sync([{ ...web, port: second }], ['127.0.0.2']);
  expect(await statuses()).toEqual([0, 0, 200]);
  await health.sync([{ ...web, port: second, localEndpoints: 0 }], ['127.0.0.2']);
  expect(await statuses()).toEqual([0, 0, 503]);
  await health.sync([], ['127.0.0.2']);
  expect(await statuses()).toEqual([0, 0, 0]);
});
