/** nginx or HAProxy in front of apiservers on loopback, which go with the test. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';
import { createAuthority } from '../../../kit/pki/authority.ts';
import { needs } from '../../../kit/testing/needs.ts';
import type { BalancerOptions } from '../../balancer.ts';
import { askMaster } from '../haproxy/master-socket.ts';
import { startHaproxy } from '../haproxy/start.ts';
import { startNginx } from '../nginx/start.ts';
import { startFakeApiserver, type FakeApiserver } from './fake-apiserver.ts';
import { lineClient, type LineClient } from './line-client.ts';
import { quickOptions, temporaryDirectory } from './options.ts';

const starts = { nginx: startNginx, haproxy: startHaproxy } as const;
export type Name = keyof typeof starts;

/** What may take long on a busy machine. */
export const patience = { timeout: 30_000, interval: 20 };

/** Of the apiservers' certificates, but for a stranger's. */
export const authority = await createAuthority();

type Apiservers = readonly [FakeApiserver, FakeApiserver];

/** Two apiservers and a load balancer in front of them, which go with the test. */
export async function world(
  context: TestContext,
  name: Name,
  options: Partial<BalancerOptions> = {},
  addresses: readonly [string, string] = ['127.0.0.1', '127.0.0.1'],
) {
  needs(context, name);
  const [first, second] = addresses;
  const apiservers: Apiservers = [await apiserver(first), await apiserver(second)];
  const balancer = await start(name, options);
  await balancer.setBackends(apiservers.map(({ backend }) => backend));
  return { balancer, apiservers };
}

export async function start(name: Name, options: Partial<BalancerOptions> = {}) {
  const directory = await temporaryDirectory();
  onTestFinished(() => directory[Symbol.asyncDispose]());
  const balancer = await starts[name]({
    ...quickOptions,
    ...options,
    log: () => undefined,
    directory: directory.path,
  });
  onTestFinished(() => balancer[Symbol.asyncDispose]());
  const [address = ''] = balancer.addresses;
  return {
    ...balancer,
    addresses: [address, ...balancer.addresses.slice(1)] as const,
    directory: directory.path,
  };
}

export async function apiserver(address = '127.0.0.1', signer = authority): Promise<FakeApiserver> {
  const credential = await signer.issueServer(['localhost', address]);
  const started = await startFakeApiserver(credential, { address });
  onTestFinished(() => started[Symbol.asyncDispose]());
  return started;
}

export function answerOf({ backend }: FakeApiserver): string {
  return `${backend.port} hello`;
}

export async function ask(address: string): Promise<string | null> {
  using client = await lineClient(address);
  return await client.ask('hello');
}

export function askFour(address: string): Promise<readonly (string | null)[]> {
  return Promise.all(Array.from({ length: 4 }, () => ask(address)));
}

/** One at each backend. */
export async function twoClients(address: string): Promise<readonly LineClient[]> {
  const clients = [await lineClient(address), await lineClient(address)] as const;
  onTestFinished(() => {
    for (const client of clients) client[Symbol.dispose]();
  });
  for (const client of clients) await client.ask('hello');
  return clients;
}

export async function clientOf(address: string, wanted: FakeApiserver): Promise<LineClient> {
  for (;;) {
    const client = await lineClient(address);
    onTestFinished(() => client[Symbol.dispose]());
    if ((await client.ask('hello')) === answerOf(wanted)) return client;
  }
}

/** The process that its workers belong to. */
export async function masterOf(directory: string, name: Name): Promise<number> {
  if (name === 'nginx') return Number(await readFile(join(directory, 'nginx.pid'), 'utf8'));
  const said = await askMaster(join(directory, 'master.sock'), 'show proc');
  return Number(/^(\d+)\s+master/m.exec(said)?.[1]);
}
