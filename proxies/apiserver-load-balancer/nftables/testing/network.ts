/**
 * In a namespace: the load balancer's machine, which is this one, a client, and two backends, each behind a cable
 * of its own. Client and backends know no way to each other.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { callsTo } from '../../../kit/testing/calls.ts';
import type { Backend, Family } from '../../backend.ts';
import type { DataplaneOptions } from '../../dataplane.ts';
import type { Machine } from './machine-main.ts';

export const port = 6443;
export const balancer = { IPv4: '192.0.2.2', IPv6: '2001:db8::2' } as const;
export const client = { IPv4: '192.0.2.9', IPv6: '2001:db8::9' } as const;
const addresses = {
  a: { IPv4: '10.0.1.2', IPv6: 'fd00:1::2' },
  b: { IPv4: '10.0.2.2', IPv6: 'fd00:2::2' },
} as const;
export type BackendName = keyof typeof addresses;
export type MachineName = BackendName | 'client' | 'here';

const script = `
PATH=$PATH:/usr/sbin:/sbin
mount -t tmpfs tmpfs /run
ip link set lo up
echo 0 > /proc/sys/net/ipv4/ip_forward
echo 0 > /proc/sys/net/ipv6/conf/all/forwarding
cable() {
  ip netns add $1
  ip link add to-$1 type veth peer name uplink netns $1
  ip link set to-$1 up
  ip -netns $1 link set lo up
  ip -netns $1 link set uplink up
  ip address add $2 dev to-$1
  ip address add $4 dev to-$1 nodad
  ip -netns $1 address add $3 dev uplink
  ip -netns $1 address add $5 dev uplink nodad
}
cable client ${balancer.IPv4}/24 ${client.IPv4}/24 ${balancer.IPv6}/64 ${client.IPv6}/64
cable a 10.0.1.1/24 ${addresses.a.IPv4}/24 fd00:1::1/64 ${addresses.a.IPv6}/64
cable b 10.0.2.1/24 ${addresses.b.IPv4}/24 fd00:2::1/64 ${addresses.b.IPv6}/64
`;

export function layNetwork(): void {
  execFileSync('sh', ['-euc', script], { stdio: ['ignore', 'ignore', 'inherit'] });
}

export function backend(name: BackendName, family: Family = 'IPv4'): Backend {
  const address = addresses[name][family];
  return {
    name: family === 'IPv4' ? `${address}:${port}` : `[${address}]:${port}`,
    address,
    port,
    family,
  };
}

/** It serves at both of its addresses, where it is a backend. */
export async function startMachine(name: MachineName) {
  const main = fileURLToPath(new URL('machine-main.ts', import.meta.url));
  const command = [process.execPath, main, name];
  const [program = '', ...given] =
    name === 'here' ? command : ['ip', 'netns', 'exec', name, ...command];
  const process_ = spawn(program, given, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await once(process_, 'message');
  const machine = callsTo<Machine>(process_, [
    ...(['serve', 'connect', 'connectMany', 'say', 'talk', 'close', 'ended'] as const),
    ...(['allEnded', 'allServedEnded', 'sendStray'] as const),
  ]);
  if (name === 'a' || name === 'b') {
    for (const address of Object.values(addresses[name])) await machine.serve(address, port);
  }
  return { ...machine, process: process_ satisfies ChildProcess };
}

export const dataplaneOptions: DataplaneOptions = {
  listen: [
    { host: '0.0.0.0', port },
    { host: '::', port },
  ],
  balance: 'round-robin',
  dialTimeoutMs: 1000,
  keepAliveMs: 0,
  idleTimeoutMs: 0,
  maxConnectionAgeMs: 0,
  proxyProtocol: 'off',
  log: () => undefined,
  onSighting: () => undefined,
};
