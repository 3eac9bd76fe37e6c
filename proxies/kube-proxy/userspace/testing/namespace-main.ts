/** Runs in a network namespace of its own: tells, as JSON, what a node with a userspace dataplane is like. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Family } from '../../service-port.ts';
import { createUserspaceDataplane } from '../userspace-dataplane.ts';
import { servicePort } from './userspace-world.ts';

/** What was seen in one family. */
export interface NamespaceReport {
  readonly served: string;
  readonly otherPort: string;
  readonly noEndpoints: string;
  readonly nodePort: string;
  readonly source: string;
  /** Routes of ours: while it serves, once the Service is gone, and after an end without one. */
  readonly routes: readonly number[];
  readonly repaired: string;
  readonly nonlocalBind: readonly string[];
  readonly log: readonly string[];
}

const plans = {
  IPv4: { node: '192.168.0.2', clusterIP: '10.96.0.10', empty: '10.96.0.11', bits: 32, flag: '-4' },
  IPv6: {
    node: 'fd00:192::2',
    clusterIP: 'fd00:96::10',
    empty: 'fd00:96::11',
    bits: 128,
    flag: '-6',
  },
} as const;

const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });

async function ask(host: string, port: number): Promise<string> {
  return text(connect({ host, port })).catch((error: unknown) =>
    error instanceof Error && 'code' in error ? String(error.code) : String(error),
  );
}

async function tell(family: Family): Promise<NamespaceReport> {
  const { node, clusterIP, empty, bits, flag } = plans[family];
  ip('addr', 'add', `${node}/${bits}`, 'dev', 'lo', ...(family === 'IPv6' ? ['nodad'] : []));
  const ourRoutes = () =>
    ip(flag, 'route', 'show', 'table', 'local', 'proto', '150').split('\n').length - 1;
  const nonlocalBind = () => readFileSync('/proc/sys/net/ipv6/ip_nonlocal_bind', 'utf8').trim();

  const backend = createServer((socket) => socket.end('hello')).listen(0, node);
  await once(backend, 'listening');
  const address = backend.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const log: string[] = [];
  const before = nonlocalBind();
  const dataplane = await createUserspaceDataplane({
    family,
    podCIDRs: [],
    nodePortIPs: null,
    nodeIPs: [node],
    masqueradeBit: 14,
    masqueradeAll: false,
    log: (line) => log.push(line),
  });
  let source = '';
  dataplane.onFlow((flow) => (source = flow.source.replace(/:\d+$/, '')));
  const web = servicePort('web', 80, [{ address: node, port }], {
    family,
    clusterIP,
    nodePort: 30_080,
  });
  const none = servicePort('none', 80, [], { family, clusterIP: empty });
  const sync = (changed: readonly (typeof web)[], removed: readonly string[]) =>
    dataplane.sync({ changed, removed, serviceCIDRs: [] });

  await sync([web, none], []);
  const served = await ask(clusterIP, 80);
  const otherPort = await ask(clusterIP, 81);
  const noEndpoints = await ask(empty, 80);
  const nodePort = await ask(node, 30_080);
  const routes = [ourRoutes()];

  ip(
    'route',
    'flush',
    'root',
    family === 'IPv4' ? '0.0.0.0/0' : '::/0',
    'table',
    'local',
    'proto',
    '150',
  );
  dataplane.distrust();
  await sync([], []);
  const repaired = await ask(clusterIP, 80);

  await sync([], [web.key]);
  routes.push(ourRoutes());
  const during = nonlocalBind();
  await dataplane[Symbol.asyncDispose]();
  routes.push(ourRoutes());
  backend.close();
  return {
    served,
    otherPort,
    noEndpoints,
    nodePort,
    source,
    routes,
    repaired,
    nonlocalBind: [before, during, nonlocalBind()],
    log,
  };
}

ip('link', 'set', 'lo', 'up');
const reports = { IPv4: await tell('IPv4'), IPv6: await tell('IPv6') };
process.stdout.write(JSON.stringify(reports));
