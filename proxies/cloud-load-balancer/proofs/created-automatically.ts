/**
 * A Service of type LoadBalancer, and nothing else: finalizer, events, address and first packet come by themselves.
 * Refuted by another type.
 */
import { defineProof, type Laboratory, type Notebook } from '../../kit/proof.ts';
import { events } from '../facts/events.ts';
import { finalizer } from '../facts/finalizer.ts';
import type { ServiceSpec } from '../service.ts';
import { givenTo, patienceMs, shortMs } from './given-address.ts';
import { ask } from './own-client.ts';
import { startOwnCloud } from './own-cloud.ts';

const name = 'web';
const port = 8080;
const expected = [events.ensuring.reason, events.ensured.reason];

export const createdAutomatically = defineProof({
  claimed: (laboratory, notebook) => world(laboratory, notebook, 'LoadBalancer'),
  refuted: (laboratory, notebook) => world(laboratory, notebook, 'NodePort'),
  probe: async ({ cloud, type }, notebook: Notebook) => {
    const createdAt = performance.now();
    const since = () => Math.round(performance.now() - createdAt);
    await cloud.create({ name, spec: { type, ports: [{ port }] } });
    const withinMs = type === 'LoadBalancer' ? patienceMs : shortMs;
    const { address, service } = await givenTo(cloud, name, withinMs);
    const seconds = withinMs / 1000;
    const tookMs = since();
    notebook.check(address !== '', 'address', { service: name, type, address, tookMs, seconds });

    const answered = await ask({ protocol: 'TCP', address, port, timeoutMs: patienceMs });
    notebook.check(answered.node !== '', 'packet', { ...answered, tookMs: since() });

    const isKept = service?.metadata.finalizers?.includes(finalizer) ?? false;
    notebook.check(isKept, 'finalizer', { finalizer });
    const told = await cloud.until(
      async () => (await cloud.eventsOf(name)).map(({ reason }) => reason),
      hasAll,
      patienceMs,
    );
    notebook.check(hasAll(told), 'events', { reasons: told });
  },
});

function hasAll(reasons: readonly string[]): boolean {
  return expected.every((reason) => reasons.includes(reason));
}

async function world(
  laboratory: Laboratory,
  { hop: onHop }: Notebook,
  type: NonNullable<ServiceSpec['type']>,
) {
  const cloud = await startOwnCloud(laboratory, { onHop });
  return { cloud, type, [Symbol.asyncDispose]: () => cloud[Symbol.asyncDispose]() };
}
