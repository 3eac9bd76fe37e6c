/**
 * A Service is deleted while the cloud takes its time: it stays until the cloud is done. Refuted by somebody who takes
 * the finalizer away.
 */
import { defineProof, type Laboratory, type Notebook } from '../../kit/proof.ts';
import { finalizer } from '../facts/finalizer.ts';
import type { Provider } from '../provider.ts';
import { givenTo, patienceMs } from './given-address.ts';
import { ask } from './own-client.ts';
import { servicesPath, startOwnCloud, type OwnCloud } from './own-cloud.ts';

const name = 'web';
const port = 8080;
const path = `${servicesPath}/${name}`;

export const finalizerGuards = defineProof({
  claimed: (laboratory) => world(laboratory, async () => undefined),
  refuted: (laboratory) => world(laboratory, takeFinalizer),
  probe: async ({ cloud, deletion, meddle }, notebook: Notebook) => {
    const service = await cloud.get(name);
    const { address } = await givenTo(cloud, name, patienceMs);
    const connect = () => ask({ protocol: 'TCP', address, port, timeoutMs: patienceMs });
    if ((await connect()).node === '') throw new Error(`nobody answers at ${address}`);
    await cloud.client.delete(path);
    const isAtWork = await cloud.until(async () => deletion.isAtWork, Boolean, patienceMs);
    notebook.check(isAtWork, 'deleting', { service: service?.metadata.name ?? name });
    await meddle(cloud);
    const { node } = await connect();
    const isKept = (await cloud.get(name)) !== null;
    notebook.check(isKept, 'kept', { finalizer, address, node });

    const doneAt = performance.now();
    deletion.goOn();
    const left = await cloud.until(
      () => cloud.get(name),
      (seen) => seen === null,
      patienceMs,
    );
    const tookMs = Math.round(performance.now() - doneAt);
    notebook.check(left === null, 'gone', { tookMs });
    const after = await connect();
    notebook.check(after.node === '', 'refused', { address, cause: after.cause });
  },
});

/** As people do with a Service that does not go. */
async function takeFinalizer({ client }: OwnCloud): Promise<void> {
  await client.patch(path, 'merge', { metadata: { finalizers: null } });
}

async function world(laboratory: Laboratory, meddle: (cloud: OwnCloud) => Promise<void>) {
  const deletion = heldDeletion();
  const cloud = await startOwnCloud(laboratory, { around: { provider: deletion.hold } });
  await cloud.create({ name, spec: { type: 'LoadBalancer', ports: [{ port }] } });
  return {
    cloud,
    deletion,
    meddle,
    [Symbol.asyncDispose]: async () => {
      deletion.goOn();
      await cloud[Symbol.asyncDispose]();
    },
  };
}

/** A cloud that begins to delete, and waits. */
function heldDeletion() {
  const { promise: goesOn, resolve } = Promise.withResolvers<undefined>();
  const held = {
    isAtWork: false,
    goOn: () => resolve(undefined),
    hold: (provider: Provider): Provider => ({
      name: provider.name,
      begin: (...given) => provider.begin(...given),
      getLoadBalancer: (...given) => provider.getLoadBalancer(...given),
      getLoadBalancerName: (...given) => provider.getLoadBalancerName(...given),
      ensureLoadBalancer: (...given) => provider.ensureLoadBalancer(...given),
      updateLoadBalancer: (...given) => provider.updateLoadBalancer(...given),
      ensureLoadBalancerDeleted: async (...given) => {
        held.isAtWork = true;
        await goesOn;
        await provider.ensureLoadBalancerDeleted(...given);
      },
      // Its own owner ends it.
      [Symbol.asyncDispose]: async () => undefined,
    }),
  };
  return held;
}
