/** The client that measures, outside of the cluster: what it knows it has from the apiserver and from the address. */
import { createApiClient } from '../../proxies/kit/api/api-client.ts';
import { readConnection } from '../../proxies/kit/api/read-connection.ts';
import { apiserverLoadBalancer } from '../../lab/topology.ts';
import { untilAnswered } from './answered.ts';
import { addressOf, followServices } from './followed-services.ts';
import type { Stage } from './stages.ts';

const [, , kubeconfig = '', parts = '', singles = '', many = '', rounds = ''] = process.argv;
const path = '/api/v1/namespaces/platform/services';
const port = 7;
/** As many as a controller or a deployment tool asks for at once. */
const requestsAtOnce = 32;
/** Of a thousand addresses, so many are tried. */
const sampled = 20;

const connection = await readConnection(kubeconfig, 'bench');
const [host] = apiserverLoadBalancer.addresses;
const server = `https://${host}:${apiserverLoadBalancer.port}`;
await using client = createApiClient({ ...connection, server });
await using services = await followServices(client, path);

if (parts.includes('single')) {
  // The first warms up.
  for (let index = 0; index <= Number(singles); index += 1)
    await single(`bench-${index}`, index > 0);
}
if (parts.includes('many')) {
  for (let round = 0; round < Number(rounds); round += 1) await together(Number(many));
}

/** One Service, from its apply to its end. */
async function single(name: string, isTold: boolean): Promise<void> {
  const from = performance.now();
  const told = (stage: Stage, at: number, since = from) => {
    if (isTold) tell(stage, at - since);
  };
  const held = services.when(() => services.all.get(name)?.metadata.finalizers !== undefined);
  const shown = services.when(() => addressOf(services.all.get(name)) !== undefined);
  const options = { query: { fieldManager: 'bench', force: true } };
  await client.patch(`${path}/${name}`, 'apply', serviceOf(name, 'IPv4'), options);
  told('applied', performance.now());
  told('held', await held);
  told('shown', await shown);
  told('answered', await untilAnswered(addressOf(services.all.get(name)) ?? '', port));
  const deletedAt = performance.now();
  await client.delete(`${path}/${name}`);
  told('gone', await services.when(() => !services.all.has(name)), deletedAt);
}

/** So many at once, until the last one is gone again. */
async function together(count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => `bench-many-${index}`);
  const from = performance.now();
  await inTurn(names, async (name, index) => {
    // A pool of IPv4 addresses is soon empty; of the others there are enough.
    await client.create(path, serviceOf(name, index % 5 === 0 ? 'IPv4' : 'IPv6'));
  });
  tell('many-created', performance.now() - from);
  const areShown = () => names.every((name) => addressOf(services.all.get(name)) !== undefined);
  tell('many-shown', (await services.when(areShown)) - from);
  const some = names.filter((_, index) => index % Math.ceil(count / sampled) === 0);
  const answers = some.map((name) => untilAnswered(addressOf(services.all.get(name)) ?? '', port));
  tell('many-answered', Math.max(...(await Promise.all(answers))) - from);
  const deletedAt = performance.now();
  await inTurn(names, async (name) => {
    await client.delete(`${path}/${name}`);
  });
  tell('many-gone', (await services.when(() => services.all.size === 0)) - deletedAt);
}

async function inTurn(
  names: readonly string[],
  act: (name: string, index: number) => Promise<void>,
): Promise<void> {
  const left = names.entries();
  const work = async () => {
    for (const [index, name] of left) await act(name, index);
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, work));
}

function serviceOf(name: string, family: 'IPv4' | 'IPv6'): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, labels: { bench: '' } },
    spec: {
      type: 'LoadBalancer',
      ipFamilies: [family],
      selector: { app: 'echo' },
      ports: [{ name: 'tcp', port, targetPort: 'tcp' }],
    },
  };
}

function tell(stage: Stage, ms: number): void {
  process.stdout.write(`${JSON.stringify({ stage, ms })}\n`);
}
