/** Fills an empty store with the cluster of the lab. */
import { randomBytes } from 'node:crypto';
import { keyOf, toStored, type ApiStore } from '../apiserver/registry.ts';
import { findResource } from '../apiserver/resource-table.ts';
import { createClock, day, type Clock } from './clock.ts';
import { eventObjects } from './events.ts';
import { nodeObjects } from './nodes.ts';
import { seedObject, type SeedObject } from './objects.ts';
import { serviceObjects } from './services.ts';
import { workloadObjects } from './workloads.ts';

export interface SeedOptions {
  /** Published in every namespace as `kube-root-ca.crt`. */
  readonly authorityPem: string;
  readonly now?: Date;
}

export async function seed(
  store: ApiStore,
  { authorityPem, now = new Date() }: SeedOptions,
): Promise<void> {
  const clock = createClock(now);
  const workloads = workloadObjects(clock);
  const pods = workloads.filter(({ plural }) => plural === 'pods').map(({ object }) => object);
  const objects = [
    ...namespaceObjects(clock, authorityPem),
    ...nodeObjects(clock),
    ...configurationObjects(clock),
    ...workloads,
    ...serviceObjects(pods, clock),
    ...eventObjects(pods, now),
  ];
  for (const object of objects) await write(store, object);
}

async function write(store: ApiStore, { group, plural, object }: SeedObject): Promise<void> {
  const resource = findResource(group, 'v1', plural);
  if (!resource) throw new Error(`The seed names a resource that does not exist: ${plural}`);
  const complete = resource.defaults?.(object) ?? object;
  const { namespace = '', name } = complete.metadata;
  await store.create(keyOf(resource, namespace, name), toStored(complete));
}

const namespaceAges: Readonly<Record<string, number>> = {
  default: 12 * day,
  'kube-node-lease': 12 * day,
  'kube-public': 12 * day,
  'kube-system': 12 * day,
  shop: 3 * day + 210,
};

function namespaceObjects(clock: Clock, authorityPem: string): readonly SeedObject[] {
  return Object.entries(namespaceAges).flatMap(([namespace, minutes]) => {
    const createdAt = clock.minutesAgo(minutes);
    return [
      seedObject(
        '',
        'namespaces',
        { name: namespace, createdAt },
        {
          spec: { finalizers: ['kubernetes'] },
          status: { phase: 'Active' },
        },
      ),
      seedObject('', 'serviceaccounts', { name: 'default', namespace, createdAt }, {}),
      seedObject(
        '',
        'configmaps',
        { name: 'kube-root-ca.crt', namespace, createdAt },
        {
          data: { 'ca.crt': authorityPem },
        },
      ),
    ];
  });
}

function configurationObjects(clock: Clock): readonly SeedObject[] {
  const createdAt = clock.minutesAgo(47);
  return [
    seedObject(
      '',
      'configmaps',
      { name: 'web-settings', namespace: 'default', createdAt },
      {
        data: { greeting: 'Hello from the lab', 'log-level': 'info' },
      },
    ),
    // Something that must not be seen by everybody, and that is worth nothing to those who see it.
    seedObject(
      '',
      'secrets',
      { name: 'web-session', namespace: 'default', createdAt },
      {
        type: 'Opaque',
        data: { key: randomBytes(24).toString('base64') },
      },
    ),
  ];
}
