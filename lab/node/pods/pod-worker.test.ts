import { connect } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StartWorkload } from '../../workloads/workload.ts';
import { isReady, startNodeCluster, type NodeCluster } from '../testing/node-cluster.ts';

const echo = 'registry.example/hop-by-hop/echo:1.0.0';
let cluster: NodeCluster;

/** A program that does not end when it is told to. */
const deaf: StartWorkload = async () => {
  const { promise: exited, resolve } = Promise.withResolvers<number>();
  return { terminate: () => undefined, exited, [Symbol.asyncDispose]: async () => resolve(137) };
};

beforeEach(async () => {
  cluster = await startNodeCluster({ images: { deaf } });
});
afterEach(() => cluster[Symbol.asyncDispose]());

describe('a pod of a node', () => {
  it('has less grace when it is deleted again with less', async () => {
    await cluster.startNode();
    await cluster.createPod('app', { containers: [{ name: 'app', image: 'deaf' }] });
    await cluster.waitForPod('app', isReady);
    const path = '/api/v1/namespaces/default/pods/app';
    await cluster.client.delete(path, { gracePeriodSeconds: 60 });
    await cluster.waitForPod('app', (pod) => !isReady(pod));
    await cluster.client.delete(path, { gracePeriodSeconds: 1 });
    await cluster.waitForPod('app', (pod) => pod === undefined);
  });

  it('has no part in the network of the host where that is the network of the node', async () => {
    await cluster.startNode();
    const ports = [{ containerPort: 8080 }];
    await cluster.createPod('app', {
      hostNetwork: true,
      containers: [{ name: 'app', image: echo, ports }],
    });
    const pod = await cluster.waitForPod('app', isReady);
    expect(pod?.status?.podIP).toBe('127.244.1.2');
    const socket = connect(8080, '127.244.1.2');
    await once(socket, 'connect');
    socket.destroy();
  });

  it('says why it has no network, and waits for one', async () => {
    await cluster.startNode({ podLink: 'no-such-device' });
    await cluster.createPod('app', { containers: [{ name: 'app', image: echo }] });
    const events = '/api/v1/namespaces/default/events';
    const stop = new AbortController();
    let message = '';
    await cluster.client
      .watch<{ reason: string; message: string; metadata: { name: string } }>(
        events,
        { resourceVersion: '0', signal: stop.signal },
        ({ object }) => {
          if (object.reason !== 'FailedCreatePodSandBox') return;
          message = object.message;
          stop.abort();
        },
      )
      .catch(() => undefined);
    expect(message).toMatch(/^Failed to create pod sandbox: Cannot find device/);
  });
});
