import { connect } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSilentBackend } from '../../kit/l4/testing/silent-backend.ts';
import {
  ask,
  servicePort,
  userspaceWorld,
  vip,
  type TcpBackend,
  type UserspaceWorld,
} from './testing/userspace-world.ts';

/** Addresses of the one loopback that all of them share. */
const pod = '127.244.1.7';
const node = '127.20.0.1';
const outsider = '127.203.0.2';
const blocked = '127.203.0.130';
const loadBalancer = vip.replace('127.180', '127.181');
const external = vip.replace('127.180', '127.182');

let world: UserspaceWorld;
let nowMs = 0;
let here: TcpBackend;
let there: TcpBackend;
beforeEach(async () => {
  world = await userspaceWorld({
    podCIDRs: ['127.244.0.0/16'],
    nodeIPs: [node],
    now: () => nowMs,
  });
  here = await world.tcpBackend('here');
  there = await world.tcpBackend('there');
});
afterEach(() => world[Symbol.asyncDispose]());

async function answers(port: number, address: string, from: string): Promise<string> {
  const all = await Promise.all(Array.from({ length: 40 }, () => ask(port, address, '', from)));
  return [...new Set(all)].sort().join(' ');
}

describe('policies in userspace mode', () => {
  it('sends outsiders to local endpoints, pods and the node to all', async () => {
    await world.sync({
      changed: [
        servicePort('web', 8083, [here, there], {
          isExternalLocal: true,
          local: [here],
          nodePort: 30_083,
          externalIPs: [external],
          loadBalancerIPs: [loadBalancer],
        }),
      ],
    });
    for (const [address, port] of [
      [external, 8083],
      [loadBalancer, 8083],
      [node, 30_083],
    ] as const) {
      expect(await answers(port, address, outsider)).toBe('here');
      expect(await answers(port, address, pod)).toBe('here there');
      expect(await answers(port, address, node)).toBe('here there');
    }
    expect(await answers(8083, vip, outsider)).toBe('here there');
  });

  it('lets nobody from outside in where no endpoint is local', async () => {
    await world.sync({
      changed: [
        servicePort('web', 8083, [there], { isExternalLocal: true, externalIPs: [external] }),
      ],
    });
    await expect(ask(8083, external, '', outsider)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await answers(8083, external, pod)).toBe('there');
  });

  it('keeps ClusterIP traffic on the node, and listens only where there is an endpoint', async () => {
    const local = { isInternalLocal: true, local: [here], hasEndpoints: true };
    await world.sync({ changed: [servicePort('web', 8083, [here, there], local)] });
    expect(await answers(8083, vip, pod)).toBe('here');
    await world.sync({ changed: [servicePort('web', 8083, [there], { ...local, local: [] })] });
    await expect(ask(8083)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('lets in whom the source ranges name, and the node with the address of the load balancer', async () => {
    const restricted = servicePort('web', 8083, [here], {
      sourceRanges: ['127.203.0.0/25'],
      loadBalancerIPs: [loadBalancer],
      externalIPs: [external],
      nodePort: 30_083,
    });
    await world.sync({ changed: [restricted] });
    expect(await answers(8083, loadBalancer, outsider)).toBe('here');
    for (const from of [blocked, pod, loadBalancer]) {
      await expect(ask(8083, loadBalancer, '', from)).rejects.toMatchObject({ code: 'ECONNRESET' });
    }
    expect(await answers(8083, external, blocked)).toBe('here');
    expect(await answers(30_083, node, blocked)).toBe('here');

    await world.sync({ changed: [{ ...restricted, sourceRanges: [`${node}/32`] }] });
    expect(await answers(8083, loadBalancer, loadBalancer)).toBe('here');
    await world.sync({ changed: [{ ...restricted, sourceRanges: [] }] });
    await expect(ask(8083, loadBalancer, '', outsider)).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
  });
});

describe('affinity in userspace mode', () => {
  const sticky = { affinitySeconds: 100 };

  it('remembers a client for as long as it comes again, whatever else changes', async () => {
    await world.sync({ changed: [servicePort('web', 8083, [here, there], sticky)] });
    const first = await ask(8083);
    const more = [await world.tcpBackend('more'), await world.tcpBackend('more')];
    await world.sync({ changed: [servicePort('web', 8083, [...more, here, there], sticky)] });
    for (let times = 0; times < 20; times++) {
      nowMs += 99_999;
      expect(await ask(8083)).toBe(first);
    }
    const seen = new Set<string>();
    for (let times = 0; times < 60; times++) {
      nowMs += 100_000;
      seen.add(await ask(8083));
    }
    expect(seen.size).toBe(3);
  });

  it('knows clients by their address', async () => {
    await world.sync({ changed: [servicePort('web', 8083, [here, there], sticky)] });
    const clients = Array.from({ length: 30 }, (_, index) => `127.203.1.${index + 1}`);
    const firsts = await Promise.all(clients.map((from) => ask(8083, vip, '', from)));
    expect(new Set(firsts)).toEqual(new Set(['here', 'there']));
    const again = await Promise.all(clients.map((from) => ask(8083, vip, '', from)));
    expect(again).toEqual(firsts);
  });

  it('forgets an endpoint that leaves, also when it comes back, and no other', async () => {
    const both = servicePort('web', 8083, [here, there], sticky);
    const clients = Array.from({ length: 80 }, (_, index) => `127.203.1.${index + 1}`);
    const askAll = () => Promise.all(clients.map((from) => ask(8083, vip, '', from)));
    await world.sync({ changed: [both] });
    const before = await askAll();
    await world.sync({ changed: [{ ...both, cluster: [there] }] });
    await world.sync({ changed: [both] });
    const after = await askAll();
    const afterHere = after.filter((_, index) => before[index] === 'here');
    const afterThere = after.filter((_, index) => before[index] === 'there');
    expect(new Set(afterHere)).toEqual(new Set(['here', 'there']));
    expect(new Set(afterThere)).toEqual(new Set(['there']));
  });

  it('leaves an endpoint that does not answer, and keeps to the next', async () => {
    here[Symbol.dispose]();
    await using silent = await startSilentBackend();
    await world.sync({ changed: [servicePort('web', 8083, [here, silent, there], sticky)] });
    for (let times = 0; times < 10; times++) expect(await ask(8083)).toBe('there');
  });
});

describe('many connections in userspace mode', () => {
  it('holds hundreds at once, spreads them, and leaves nothing behind', async () => {
    await world.sync({ changed: [servicePort('web', 8083, [here, there])] });
    const sockets = Array.from({ length: 300 }, () => connect(8083, vip));
    await Promise.all(sockets.map((socket) => once(socket, 'data')));
    expect(world.dataplane.stats().connections).toBe(300);
    expect(here.sockets.size + there.sockets.size).toBe(300);
    expect(Math.min(here.sockets.size, there.sockets.size)).toBeGreaterThan(80);
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => world.dataplane.stats().connections, { timeout: 15_000 }).toBe(0);
    await expect.poll(() => here.sockets.size + there.sockets.size, { timeout: 15_000 }).toBe(0);
  });
});
