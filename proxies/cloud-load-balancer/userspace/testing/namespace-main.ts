/** Runs in a network namespace of its own: tells, as JSON, how addresses come and go that the machine does not have. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Forwarding } from '../../forwarding.ts';
import { createUserspaceDataplane } from '../userspace-dataplane.ts';

/** What was seen in each family. */
export interface NamespaceReport {
  readonly served: string;
  readonly otherPort: string;
  /** Routes of ours: while it serves, once it is removed, and after an end without that. */
  readonly routes: readonly number[];
  /** What an earlier run has left is gone once this one has an address. */
  readonly leftover: boolean;
}

const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });

const families = {
  IPv4: { node: '192.168.0.2', address: '203.0.113.1', left: '203.0.113.99', bits: 32, flag: '-4' },
  IPv6: {
    node: 'fd00:192::2',
    address: '2001:db8:113::1',
    left: '2001:db8:113::99',
    bits: 128,
    flag: '-6',
  },
} as const;

async function ask(host: string, port: number): Promise<string> {
  return text(connect({ host, port })).catch((error: unknown) =>
    error instanceof Error && 'code' in error ? String(error.code) : String(error),
  );
}

async function tell(family: keyof typeof families): Promise<NamespaceReport> {
  const { node, address, left, bits, flag } = families[family];
  ip('addr', 'add', `${node}/${bits}`, 'dev', 'lo', ...(family === 'IPv6' ? ['nodad'] : []));
  ip('route', 'add', 'local', `${left}/${bits}`, 'dev', 'lo', 'table', 'local', 'proto', '151');
  const routes = () => ip(flag, 'route', 'show', 'table', 'local', 'proto', '151');
  const count = () => routes().split('\n').length - 1;

  const server = createServer((socket) => socket.end('hello')).listen(0, node);
  await once(server, 'listening');
  const { port: nodePort } = server.address() as AddressInfo;
  const forwarding: Forwarding = {
    name: 'a1',
    service: 'shop/shop',
    addresses: [{ family, address }],
    mode: 'Proxy',
    ports: [{ protocol: 'TCP', port: 80, nodePort }],
    targets: [{ node: 'node-1', family, address: node }],
    sourceRanges: [],
    sessionAffinity: 'None',
  };
  const dataplane = await createUserspaceDataplane({ log: () => undefined });
  await dataplane.ensure(forwarding);
  const served = await ask(address, 80);
  const otherPort = await ask(address, 81);
  const leftover = routes().includes(left);
  const seen = [count()];
  await dataplane.remove('a1');
  seen.push(count());
  await dataplane.ensure(forwarding);
  await dataplane[Symbol.asyncDispose]();
  seen.push(count());
  server.close();
  return { served, otherPort, routes: seen, leftover };
}

ip('link', 'set', 'lo', 'up');
process.stdout.write(JSON.stringify({ IPv4: await tell('IPv4'), IPv6: await tell('IPv6') }));
