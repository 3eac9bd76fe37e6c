import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Backend } from '../service-port.ts';
import {
  servicePort,
  userspaceWorld,
  vip,
  type UserspaceWorld,
} from './testing/userspace-world.ts';

let world: UserspaceWorld;
let clients: Socket[];
beforeEach(async () => {
  world = await userspaceWorld();
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.close();
  await world[Symbol.asyncDispose]();
});

const udp = { protocol: 'UDP' } as const;
const dns = (backends: readonly Backend[]) => servicePort('dns', 8053, backends, udp);

async function client(): Promise<(message: string | Buffer) => Promise<Buffer>> {
  const socket = createSocket('udp4');
  clients.push(socket);
  // Connected: it hears refusals, and answers from the asked address alone.
  socket.connect(8053, vip);
  await once(socket, 'connect');
  return async (message) => {
    const answer = once(socket, 'message') as Promise<[Buffer]>;
    socket.send(message);
    return (await answer)[0];
  };
}

describe('a UDP port in userspace mode', () => {
  it('spreads clients, and each keeps to its endpoint', async () => {
    await world.sync({
      changed: [dns([await world.udpBackend('1'), await world.udpBackend('2')])],
    });
    const asking = await Promise.all(Array.from({ length: 60 }, () => client()));
    const first = await Promise.all(asking.map((ask) => ask('?')));
    expect(new Set(first.map(String))).toEqual(new Set(['1?', '2?']));
    expect(await Promise.all(asking.map((ask) => ask('?')))).toEqual(first);
    expect(world.dataplane.stats().udpSessions).toBe(60);
  });

  it('sends a client elsewhere when its endpoint has left, and leaves the others alone', async () => {
    const [one, two] = [await world.udpBackend('1'), await world.udpBackend('2')];
    await world.sync({ changed: [dns([one])] });
    const ask = await client();
    expect(String(await ask('?'))).toBe('1?');
    await world.sync({ changed: [dns([one, two])] });
    expect(world.dataplane.stats().udpSessions).toBe(1);
    expect(String(await ask('?'))).toBe('1?');
    await world.sync({ changed: [dns([two])] });
    expect(world.dataplane.stats().udpSessions).toBe(0);
    expect(String(await ask('?'))).toBe('2?');
  });

  it('passes the longest datagrams', async () => {
    await world.sync({ changed: [dns([await world.udpBackend('')])] });
    const ask = await client();
    const longest = Buffer.alloc(65_507, 'long');
    expect((await ask(longest)).equals(longest)).toBe(true);
  });

  it('refuses when the last endpoint has gone', async () => {
    const port = dns([await world.udpBackend('1')]);
    await world.sync({ changed: [port] });
    const ask = await client();
    await ask('?');
    await world.sync({ changed: [dns([])] });
    await expect(ask('?')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(world.dataplane.stats()).toMatchObject({ udpSessions: 0, listeners: 0 });
  });

  it('is another port than TCP of the same number', async () => {
    await world.sync({
      changed: [
        dns([await world.udpBackend('1')]),
        servicePort('dns', 8053, [await world.tcpBackend('t')]),
      ],
    });
    expect(String(await (await client())('?'))).toBe('1?');
    expect(world.dataplane.stats().listeners).toBe(2);
  });
});

describe('a UDP port that somebody else has', () => {
  it('is told once, tried again at each sync, and keeps no file open', async () => {
    const taken = createSocket('udp4');
    clients.push(taken);
    taken.bind(8055, vip);
    await once(taken, 'listening');
    const port = servicePort('dns', 8055, [await world.udpBackend('1')], udp);
    await world.sync({ changed: [port] });
    const before = (await readdir('/proc/self/fd')).length;
    for (let times = 0; times < 100; times++) await world.sync({});
    expect((await readdir('/proc/self/fd')).length).toBeLessThan(before + 50);
    expect(world.problems).toMatchObject([{ kind: 'bind', where: `UDP ${vip}:8055` }]);
  });
});

describe('an SCTP port in userspace mode', () => {
  it('is told as not possible, once, and not served', async () => {
    const port = servicePort('calls', 8054, [], { protocol: 'SCTP' });
    await world.sync({ changed: [port] });
    await world.sync({ changed: [port] });
    expect(world.problems).toMatchObject([{ kind: 'protocol', port: { key: port.key } }]);
    expect(world.dataplane.stats()).toMatchObject({ listeners: 0, unsupported: 1 });
    await world.sync({ removed: [port.key] });
    expect(world.dataplane.stats().unsupported).toBe(0);
  });
});
