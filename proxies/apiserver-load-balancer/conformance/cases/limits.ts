/** Times, and what is told to backends. */
import { ask, raw, watch, type Held } from '../world/client.ts';
import { keepAliveTimers } from '../world/keep-alive-timers.ts';
import { apiserverPort, places } from '../world/places.ts';
import type { Stage } from '../world/stage.ts';
import { deviates, type ConformanceCase } from './case.ts';

const idleMs = 1_000;
const notTold = 'not told';
const unknown = { destination: 'unknown', backend: 'unknown', 'seen as': 'unknown' };

export const limitCases: readonly ConformanceCase[] = [
  {
    name: 'a watch on which nobody says a word lives',
    act: async (stage) => {
      using held = await watch(stage.target);
      return await stage.endOf('the watch', held);
    },
    expect: { 'the watch': 'lives' },
  },
  {
    name: 'a watch on which nobody says a word ends at the idle limit, others do not',
    options: { idleTimeoutMs: idleMs },
    act: async (stage) => {
      using idle = await raw(stage.target, 'hold');
      using busy = await raw(stage.target, 'echo');
      busy.socket.on('data', () => undefined);
      const sending = setInterval(() => busy.socket.write('.'), 20);
      try {
        const seen = await stage.endOf('the idle one', idle);
        return { ...seen, 'the busy one': busy.end() === null ? 'lives' : 'ends' };
      } finally {
        clearInterval(sending);
      }
    },
    expect: { 'the idle one': 'reset', 'the busy one': 'lives' },
    instead: {
      nginx: deviates('idle-timeout', { 'the idle one': 'end' }),
      haproxy: deviates('idle-timeout', { 'the idle one': 'end' }),
      none: deviates('nobody-ends', { 'the idle one': 'lives' }),
    },
  },
  {
    name: 'a connection ends at its greatest age, busy or not',
    options: { maxConnectionAgeMs: 1_000 },
    act: async (stage) => {
      using held = await raw(stage.target, 'echo');
      held.socket.on('data', () => undefined);
      const sending = setInterval(() => held.socket.write('.'), 20);
      try {
        const seen = await stage.endOf('the busy one', held);
        return { 'the busy one': seen['the busy one'] === 'lives' ? 'lives' : 'ends' };
      } finally {
        clearInterval(sending);
      }
    },
    expect: { 'the busy one': 'ends' },
    instead: {
      nginx: deviates('max-connection-age', { 'the busy one': 'lives' }),
      haproxy: deviates('max-connection-age', { 'the busy one': 'lives' }),
      none: deviates('nobody-ends', { 'the busy one': 'lives' }),
    },
  },
  {
    name: 'silent connections are probed on both sides',
    options: { keepAliveMs: 2_000 },
    act: async (stage) => {
      using held = await watch(stage.target);
      const whole = 'client, backend';
      if (stage.expected.probed === whole) {
        await stage.until(
          'connections are probed',
          async () => (await probedSides(stage, held)) === whole,
        );
      }
      return { probed: await probedSides(stage, held) };
    },
    expect: { probed: 'client, backend' },
    instead: {
      nftables: deviates('tcp-keepalive', { probed: 'nobody' }),
      none: deviates('nobody-probes', { probed: 'nobody' }),
    },
  },
  {
    name: 'a backend sees the balancer, not the client',
    act: async ({ target }) => {
      const asked = await ask(target);
      if (asked.is !== 'answered') return { peer: asked.code };
      const [address] = asked.who.peer.split(':');
      return { peer: address === places.balancer.addresses.IPv4 ? 'the balancer' : 'the client' };
    },
    expect: { peer: 'the balancer' },
    instead: { none: deviates('client-seen', { peer: 'the client' }) },
  },
  ...(['v1', 'v2'] as const).map((version): ConformanceCase => ({
    name: `backends are told of the client by PROXY ${version}`,
    options: { proxyProtocol: version },
    act: async ({ target }) => {
      const asked = await ask(target);
      if (asked.is !== 'answered') return { told: asked.code };
      const [protocol, source, destination, port, to] = (asked.who.announced ?? '').split(' ');
      if (source === undefined) return { told: 'nothing' };
      const isPort = Number(port) > 1_024;
      return { told: [protocol, source, destination, isPort ? 'its port' : port, to].join(' ') };
    },
    expect: { told: 'TCP4 192.0.2.2 198.51.100.2 its port 6443' },
    instead: {
      nftables: deviates('proxy-protocol', { told: 'nothing' }),
      none: deviates('nobody-tells', { told: 'nothing' }),
    },
  })),
  {
    name: 'whom a connection leads to can be asked',
    act: async ({ target, balancer, hasBalancer, backend }) => {
      using held = await watch(target);
      const listed = hasBalancer ? await balancer.connections() : null;
      if (listed === null) return { connection: notTold, ...unknown };
      const { localPort } = held.socket;
      const one = listed.find(({ source }) => source === `192.0.2.2:${localPort}`);
      const seen = await backend(held.backend).connections();
      return {
        connection: one === undefined ? 'missing' : 'listed',
        destination: one?.destination ?? 'unknown',
        backend: one?.backend === `10.0.${held.backend.at(-1)}.2:6443` ? 'its own' : 'another',
        'seen as': seen.some(({ peer }) => peer === one?.seenAs) ? 'it is' : 'it is not',
      };
    },
    expect: {
      connection: 'listed',
      destination: '198.51.100.2:6443',
      backend: 'its own',
      'seen as': 'it is',
    },
    instead: {
      nginx: deviates('connections', { connection: notTold, ...unknown }),
      haproxy: deviates('connections', { connection: notTold, ...unknown }),
      none: deviates('nobody-tells', { connection: notTold, ...unknown }),
    },
  },
];

/** On which sides of the connection that a client has from this port the kernel probes. */
async function probedSides(stage: Stage, { backend, socket }: Held): Promise<string> {
  const timers = keepAliveTimers('balancer');
  const seen = await stage.backend(backend).connections();
  const open = seen.find(({ kind, end }) => kind === 'tls' && end === 'open');
  const sides = {
    client: `${apiserverPort} ${socket.localPort}`,
    backend: `${open?.peer.split(':')[1]} ${apiserverPort}`,
  };
  const probed = Object.entries(sides).flatMap(([side, ports]) =>
    timers.has(ports) ? [side] : [],
  );
  return probed.join(', ') || 'nobody';
}
