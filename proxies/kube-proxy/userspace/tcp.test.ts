import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ForwardedFlow } from '../dataplane.ts';
import {
  ask,
  servicePort,
  userspaceWorld,
  vip,
  type UserspaceWorld,
} from './testing/userspace-world.ts';

let world: UserspaceWorld;
beforeEach(async () => {
  world = await userspaceWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

describe('a TCP port in userspace mode', () => {
  it('leads to each of its endpoints', async () => {
    const backends = [await world.tcpBackend('one'), await world.tcpBackend('two')];
    await world.sync({ changed: [servicePort('web', 8080, backends)] });
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(8080, vip, '!')));
    expect(new Set(answers)).toEqual(new Set(['one!', 'two!']));
    expect(answers.filter((answer) => answer === 'one!').length).toBeGreaterThan(50);
  });

  it('refuses without endpoints, and serves when they come', async () => {
    await world.sync({ changed: [servicePort('web', 8080, [])] });
    await expect(ask(8080)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await world.sync({ changed: [servicePort('web', 8080, [await world.tcpBackend('one')])] });
    expect(await ask(8080)).toBe('one');
    await world.sync({ changed: [servicePort('web', 8080, [])] });
    await expect(ask(8080)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('goes on with connections to an endpoint that has left, and of a port that is gone', async () => {
    const [one, two] = [await world.tcpBackend('one'), await world.tcpBackend('two')];
    const port = servicePort('web', 8080, [one]);
    await world.sync({ changed: [port] });
    const socket = connect({ port: 8080, host: vip, allowHalfOpen: true });
    expect(String(await once(socket, 'data'))).toBe('one');
    await world.sync({ changed: [servicePort('web', 8080, [two])] });
    expect(await ask(8080)).toBe('two');
    await world.sync({ removed: [port.key] });
    await expect(ask(8080)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    socket.end('still here');
    expect(await text(socket)).toBe('still here');
  });

  it('tells its flows', async () => {
    const one = await world.tcpBackend('one');
    const port = servicePort('web', 8080, [one]);
    await world.sync({ changed: [port] });
    const flows: ForwardedFlow[] = [];
    world.dataplane.onFlow((flow) => flows.push(flow));
    const socket = connect({ port: 8080, host: vip });
    await once(socket, 'data');
    const { localPort, localAddress } = socket;
    socket.destroy();
    expect(flows).toEqual([
      {
        protocol: 'TCP',
        source: `${localAddress}:${localPort}`,
        destination: `${vip}:8080`,
        backend: `127.0.0.1:${one.port}`,
        isMasqueraded: true,
        servicePort: port.key,
      },
    ]);
  });

  it('tells what it cannot bind, once, and tries again', async () => {
    const taken = createServer().listen(8081, vip);
    await once(taken, 'listening');
    const port = servicePort('web', 8081, [await world.tcpBackend('one')]);
    await world.sync({ changed: [port] });
    await world.sync({});
    expect(world.problems).toMatchObject([{ kind: 'bind', where: `TCP ${vip}:8081` }]);
    expect(world.problems[0]?.message).toContain('EADDRINUSE');
    expect(world.dataplane.stats()).toMatchObject({ listeners: 0, unbound: 1 });
    taken.close();
    await once(taken, 'close');
    expect(await world.sync({})).toMatchObject({ operations: 1 });
    expect(await ask(8081)).toBe('one');
  });
});
