/** nginx and HAProxy in front of apiservers on loopback: what both do, and what each does alone. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { needs } from '../../kit/testing/needs.ts';
import { lineClient } from './testing/line-client.ts';
import {
  answerOf,
  ask,
  askFour,
  clientOf,
  masterOf,
  patience,
  start,
  twoClients,
  world,
} from './testing/world.ts';

describe.each(['nginx', 'haproxy'] as const)('%s', { timeout: 60_000 }, (name) => {
  test('serves on every address, and deals clients out among backends of both families', async (context) => {
    const listen = [
      { host: '127.0.0.1', port: 0 },
      { host: '::1', port: 0 },
    ];
    const { balancer, apiservers } = await world(context, name, { listen }, ['127.0.0.1', '::1']);
    for (const address of balancer.addresses) {
      const answers = await Promise.all(Array.from({ length: 8 }, () => ask(address)));
      expect(new Set(answers)).toEqual(new Set(apiservers.map(answerOf)));
    }
  });

  test('closes whoever comes before it has a list', async (context) => {
    needs(context, name);
    const balancer = await start(name);
    expect(await ask(balancer.addresses[0])).toBeNull();
  });

  test('follows a changed list at once, and lets connections live on', async (context) => {
    const { balancer, apiservers } = await world(context, name);
    const [first, second] = apiservers;
    const clients = await twoClients(balancer.addresses[0]);
    await balancer.setBackends([second.backend]);
    for (const answer of await askFour(balancer.addresses[0]))
      expect(answer).toBe(answerOf(second));
    for (const client of clients) expect(await client.ask('again')).toContain('again');
    await balancer.setBackends([first.backend]);
    for (const answer of await askFour(balancer.addresses[0])) expect(answer).toBe(answerOf(first));
  });

  test('gives one that drains no new connections, and takes that back', async (context) => {
    const { balancer, apiservers } = await world(context, name);
    const [first, second] = apiservers;
    const clients = await twoClients(balancer.addresses[0]);
    await balancer.setBackends([{ ...first.backend, isDraining: true }, second.backend]);
    for (const answer of await askFour(balancer.addresses[0]))
      expect(answer).toBe(answerOf(second));
    for (const client of clients) expect(await client.ask('again')).toContain('again');
    await balancer.setBackends([first.backend, second.backend]);
    expect(new Set(await askFour(balancer.addresses[0])).size).toBe(2);
  });

  test('ends the connections of one that drains when the time is over', async (context) => {
    const { balancer, apiservers } = await world(context, name, { drainTimeoutMs: 300 });
    const [first, second] = apiservers;
    using client = await clientOf(balancer.addresses[0], first);
    await balancer.setBackends([{ ...first.backend, isDraining: true }, second.backend]);
    expect(await client.ended).toBe('closed');
  });

  test('tries another backend when a dial fails', async (context) => {
    const { balancer, apiservers } = await world(context, name);
    const [first, second] = apiservers;
    await first[Symbol.asyncDispose]();
    for (const answer of await askFour(balancer.addresses[0]))
      expect(answer).toBe(answerOf(second));
  });

  test('passes on that a client has said all, and what is said to it afterwards', async (context) => {
    const { balancer } = await world(context, name);
    using client = await lineClient(balancer.addresses[0]);
    await client.ask('hello');
    expect(await client.finish()).toBe('heard the end\n');
  });

  test('closes a silent connection when it is told to, and not otherwise', async (context) => {
    const { balancer } = await world(context, name, { idleTimeoutMs: 300 });
    using client = await lineClient(balancer.addresses[0]);
    await client.ask('hello');
    expect(await client.ended).toBe('closed');
  });

  test('announces clients by the PROXY protocol when it is told to', async (context) => {
    const { balancer, apiservers } = await world(context, name, { proxyProtocol: 'v1' });
    await ask(balancer.addresses[0]);
    const heard = () => apiservers.flatMap(({ firstLines }) => firstLines);
    await expect
      .poll(heard, patience)
      .toContainEqual(expect.stringMatching(/^PROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 \d+ \d+\r\n/));
  });

  test('refuses a list with one of them twice, and keeps the last good one', async (context) => {
    const { balancer, apiservers } = await world(context, name);
    const [first, second] = apiservers;
    await expect(balancer.setBackends([first.backend, first.backend])).rejects.toThrow(
      `backend ${first.backend.name} is on the list twice`,
    );
    await expect(
      balancer.setBackends([{ ...second.backend, address: '127.0.0.1 backup' }]),
    ).rejects.toThrow('not an IP address');
    expect(new Set(await askFour(balancer.addresses[0])).size).toBe(2);
  });

  test('says that a port is taken', async (context) => {
    needs(context, name);
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    onTestFinished(() => void holder.close());
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(start(name, { listen: [{ host: '127.0.0.1', port }] })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });

  test('has failed when somebody else ends it', async (context) => {
    needs(context, name);
    const balancer = await start(name);
    process.kill(await masterOf(balancer.directory, name), 'SIGKILL');
    await expect(balancer.failed).rejects.toThrow(`${name} ended with SIGKILL`);
  });
});
