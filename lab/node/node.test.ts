import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../proxies/kit/api/api-client.ts';
import type { StartWorkload } from '../workloads/workload.ts';
import { isReady, startNodeCluster, type NodeCluster } from './testing/node-cluster.ts';
import type { LabNode } from './node.ts';
import type { ContainerStatus, Pod } from './pods/pod.ts';

const echo = 'registry.example/hop-by-hop/echo:1';
const pause = 'registry.example/hop-by-hop/pause:1';

/** A workload that the test ends by hand. */
interface Puppet {
  readonly image: StartWorkload;
  readonly starts: number;
  readonly signals: readonly string[];
  exit(code: number): void;
  /** Whether SIGTERM ends it. */
  isObedient: boolean;
}

function createPuppet(): Puppet {
  let starts = 0;
  const signals: string[] = [];
  let exit: (code: number) => void = () => undefined;
  const puppet = {
    isObedient: true,
    signals,
    get starts() {
      return starts;
    },
    exit: (code: number) => exit(code),
    image: (async (context) => {
      starts += 1;
      context.log(`start ${starts}`);
      const { promise, resolve } = Promise.withResolvers<number>();
      exit = resolve;
      return {
        exited: promise,
        terminate: () => {
          signals.push('SIGTERM');
          if (puppet.isObedient) resolve(0);
        },
        [Symbol.asyncDispose]: async () => {
          signals.push('SIGKILL');
          resolve(137);
        },
      };
    }) satisfies StartWorkload,
  };
  return puppet;
}

let cluster: NodeCluster;
let node: LabNode;
let puppet: Puppet;

const backOff = { firstMs: 40, longestMs: 80, resetMs: 60_000 };

beforeEach(async () => {
  puppet = createPuppet();
  cluster = await startNodeCluster({ images: { puppet: puppet.image } });
  node = await cluster.startNode({ backOff });
});
afterEach(async () => {
  await cluster[Symbol.asyncDispose]();
});

const isRunning = (pod: Pod | undefined) => pod?.status?.phase === 'Running';
const statusOf = (pod: Pod | undefined): ContainerStatus | undefined =>
  pod?.status?.containerStatuses?.[0];
const isWaiting = (reason: string) => (pod: Pod | undefined) => {
  const state = statusOf(pod)?.state;
  return state !== undefined && 'waiting' in state && state.waiting.reason === reason;
};
const one = (container: object = {}) => ({
  containers: [{ name: 'app', image: 'puppet', ...container }],
});

async function ask(path: string, withCertificate = true): Promise<string> {
  const { ca, cert, key } = cluster.administrator;
  const sent = request({
    host: '127.0.0.1',
    port: node.port,
    path,
    ca,
    agent: false,
    ...(withCertificate ? { cert, key } : {}),
  });
  sent.end();
  // The border: that is what this event carries.
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return `${response.statusCode ?? 0} ${text}`;
}

interface NodeEvent extends KubeObject {
  readonly reason: string;
  readonly message: string;
}

interface EventList {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly NodeEvent[];
}

/** What an event of this reason says, once it is there. */
async function eventOf(reason: string): Promise<string> {
  const path = '/api/v1/namespaces/default/events';
  const { items, metadata } = await cluster.client.get<EventList>(path);
  const messages = items.filter((event) => event.reason === reason).map(({ message }) => message);
  if (messages.length === 0) {
    const stop = new AbortController();
    const options = { resourceVersion: metadata.resourceVersion, signal: stop.signal };
    await cluster.client
      .watch<NodeEvent>(path, options, ({ object }) => {
        if (object.reason !== reason) return;
        messages.push(object.message);
        stop.abort();
      })
      .catch(() => undefined);
  }
  return messages[0] ?? '';
}

describe('a node', () => {
  it('registers itself with its addresses, range and conditions, and keeps a lease', async () => {
    const object = await cluster.client.get('/api/v1/nodes/node-1');
    expect(object).toMatchObject({
      metadata: {
        labels: {
          'kubernetes.io/hostname': 'node-1',
          'topology.kubernetes.io/zone': 'zone-1',
        },
      },
      spec: { podCIDR: '127.244.1.0/24' },
      status: {
        addresses: [
          { type: 'InternalIP', address: '127.0.0.1' },
          { type: 'Hostname', address: 'node-1' },
        ],
        daemonEndpoints: { kubeletEndpoint: { Port: node.port } },
      },
    });
    const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
    expect(await cluster.client.get(`${leases}/node-1`)).toMatchObject({
      spec: { holderIdentity: 'node-1' },
    });
  });

  it('has its first address first, also when it is started again', async () => {
    await node[Symbol.asyncDispose]();
    const nodeIPs = ['172.30.0.21', 'fd00:172:30::21'];
    const addresses = [...nodeIPs.map((address) => ({ type: 'InternalIP', address })), hostname];
    for (let life = 1; life <= 2; life += 1) {
      node = await cluster.startNode({ nodeIPs });
      const object = await cluster.client.get('/api/v1/nodes/node-1');
      expect(object).toMatchObject({ status: { addresses } });
      await node[Symbol.asyncDispose]();
    }
  });
  const hostname = { type: 'Hostname', address: 'node-1' };

  it('shows its health to everybody, and the rest to the cluster alone', async () => {
    expect(await ask('/healthz', false)).toBe('200 ok');
    expect(await ask('/pods', false)).toBe('401 Unauthorized');
    expect(await ask('/logs/')).toContain('<a href="kubelet.log">kubelet.log</a>');
    expect(await ask('/logs/kubelet.log')).toContain('node node-1 listens on');
    expect(await ask('/nothing')).toBe('404 404 page not found\n');
    expect(await ask('/constructor')).toBe('404 404 page not found\n');
  });
});

describe('a pod', () => {
  it('can be reached at the moment at which it is Running', async () => {
    await cluster.createPod('web', {
      containers: [{ name: 'web', image: echo, ports: [{ containerPort: 8080 }] }],
    });
    const pod = await cluster.waitForPod('web', isRunning);
    const socket = connect(8080, pod?.status?.podIP ?? '');
    await once(socket, 'connect');
    socket.destroy();
    expect(pod?.status).toMatchObject({ hostIP: '127.0.0.1', podIPs: [{ ip: '127.244.1.2' }] });
    expect(isReady(pod)).toBe(true);
    expect(await eventOf('Started')).toBe('Started container web');
  });

  it('waits for an image that nobody can pull', async () => {
    await cluster.createPod('bad', one({ image: 'nginx:1' }));
    await cluster.waitForPod('bad', isWaiting('ErrImagePull'));
    expect(await cluster.waitForPod('bad', isWaiting('ImagePullBackOff'))).toMatchObject({
      status: { phase: 'Pending' },
    });
    expect(await eventOf('BackOff')).toBe('Back-off pulling image "nginx:1"');
  });

  it('waits for its configuration', async () => {
    const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'absent', key: 'a' } } }];
    await cluster.createPod('bad', one({ env }));
    const pod = await cluster.waitForPod('bad', isWaiting('CreateContainerConfigError'));
    expect(statusOf(pod)?.state).toMatchObject({
      waiting: { message: 'configmap "absent" not found' },
    });
    expect(puppet.starts).toBe(0);
  });

  it('starts again after a crash, later and later, and keeps the log of the run before', async () => {
    await cluster.createPod('app', one());
    await cluster.waitForPod('app', isRunning);
    puppet.exit(3);
    await cluster.waitForPod('app', (pod) => isRunning(pod) && statusOf(pod)?.restartCount === 1);
    expect(await ask('/containerLogs/default/app/app?previous=true')).toBe('200 start 1\n');
    puppet.exit(3);
    const pod = await cluster.waitForPod('app', isWaiting('CrashLoopBackOff'));
    expect(statusOf(pod)?.lastState).toMatchObject({
      terminated: { exitCode: 3, reason: 'Error' },
    });
    expect(await eventOf('BackOff')).toMatch(
      /^Back-off restarting failed container app in pod app_default\(/,
    );
    await cluster.waitForPod('app', (again) => statusOf(again)?.restartCount === 2);
  });

  it.each([
    ['Never', 0, 'Succeeded'],
    ['Never', 2, 'Failed'],
    ['OnFailure', 0, 'Succeeded'],
  ])(
    'with the restart policy %s and the exit code %i ends as %s',
    async (restartPolicy, code, phase) => {
      await cluster.createPod('job', { ...one(), restartPolicy });
      await cluster.waitForPod('job', isRunning);
      puppet.exit(code);
      const pod = await cluster.waitForPod('job', (seen) => seen?.status?.phase === phase);
      expect(statusOf(pod)?.state).toMatchObject({ terminated: { exitCode: code } });
      expect(puppet.starts).toBe(1);
    },
  );

  it('runs its init containers one after the other first', async () => {
    const exit = 'registry.example/hop-by-hop/exit:1';
    await cluster.createPod('app', {
      ...one(),
      initContainers: [
        { name: 'first', image: exit },
        { name: 'second', image: exit },
      ],
    });
    const pod = await cluster.waitForPod('app', isReady);
    expect(pod?.status?.initContainerStatuses?.map(({ state }) => Object.keys(state))).toEqual([
      ['terminated'],
      ['terminated'],
    ]);
  });

  it('is told to end, not ready from then on, and gone when it has ended', async () => {
    puppet.isObedient = false;
    await cluster.createPod('app', one());
    await cluster.waitForPod('app', isReady);
    await cluster.client.delete('/api/v1/namespaces/default/pods/app');
    const pod = await cluster.waitForPod('app', (seen) => !isReady(seen));
    expect(pod?.metadata.deletionTimestamp).toBeDefined();
    expect(puppet.signals).toEqual(['SIGTERM']);
    puppet.exit(0);
    await cluster.waitForPod('app', (seen) => seen === undefined);
    expect(await eventOf('Killing')).toBe('Stopping container app');
  });

  it('is killed when its grace is over', async () => {
    puppet.isObedient = false;
    await cluster.createPod('app', one());
    await cluster.waitForPod('app', isRunning);
    await cluster.client.delete('/api/v1/namespaces/default/pods/app', { gracePeriodSeconds: 1 });
    await cluster.waitForPod('app', (seen) => seen === undefined);
    expect(puppet.signals).toEqual(['SIGTERM', 'SIGKILL']);
  });

  it('starts anew with a node that was killed, at the same address', async () => {
    await cluster.createPod('app', one());
    const before = await cluster.waitForPod('app', isRunning);
    await node[Symbol.asyncDispose]();
    node = await cluster.startNode({ backOff });
    const pod = await cluster.waitForPod('app', (seen) => statusOf(seen)?.restartCount === 1);
    expect(pod?.status?.podIP).toBe(before?.status?.podIP);
    expect(puppet.starts).toBe(2);
  });

  it('gets an address that was not in use for as long as possible', async () => {
    const addresses: (string | undefined)[] = [];
    for (const name of ['one', 'two']) {
      await cluster.createPod(name, { containers: [{ name: 'app', image: pause }] });
      addresses.push((await cluster.waitForPod(name, isRunning))?.status?.podIP);
      await cluster.client.delete(`/api/v1/namespaces/default/pods/${name}`);
      await cluster.waitForPod(name, (seen) => seen === undefined);
    }
    expect(addresses).toEqual(['127.244.1.2', '127.244.1.3']);
  });

  it('is ready as its probe says, and killed as its liveness probe says', async () => {
    const probe = { tcpSocket: { port: 1 }, periodSeconds: 1, failureThreshold: 1 };
    await cluster.createPod('app', one({ readinessProbe: probe, livenessProbe: probe }));
    await cluster.waitForPod('app', (seen) => statusOf(seen)?.restartCount === 1);
    expect(puppet.signals).toContain('SIGTERM');
    expect(await eventOf('Unhealthy')).toMatch(
      /^(Readiness|Liveness) probe failed: dial tcp 127\.244\.1\.2:1: connect: connection refused$/,
    );
    expect(await eventOf('Killing')).toBe('Container app failed liveness probe, will be restarted');
  });

  it('finds the token of its account, the authority and its namespace in its files', async () => {
    const mount = '/var/run/secrets/kubernetes.io/serviceaccount';
    const command = ['sh', '-c', `cd ${mount}; cat namespace ca.crt; cut -d. -f2 token`];
    await cluster.createPod('app', { ...one({ command }), restartPolicy: 'Never' });
    const pod = await cluster.waitForPod('app', (seen) => seen?.status?.phase === 'Succeeded');
    const text = await ask('/containerLogs/default/app/app');
    const { ca } = cluster.administrator;
    expect(text).toContain(`200 default${ca}`);
    const claims: unknown = JSON.parse(
      Buffer.from(text.slice(text.indexOf(ca) + ca.length), 'base64url').toString(),
    );
    expect(claims).toMatchObject({
      sub: 'system:serviceaccount:default:default',
      'kubernetes.io': { pod: { name: 'app', uid: pod?.metadata.uid } },
    });
  });

  it('starts once the authority of its namespace is there', async () => {
    const path = '/api/v1/namespaces/default/configmaps';
    await cluster.client.delete(`${path}/kube-root-ca.crt`);
    await cluster.createPod('app', one());
    expect(await eventOf('FailedMount')).toMatch(
      /^MountVolume\.SetUp failed for volume "kube-api-access-\w{5}" : configmap "kube-root-ca\.crt" not found$/,
    );
    await cluster.client.create(path, { metadata: { name: 'kube-root-ca.crt' }, data: {} });
    await cluster.waitForPod('app', isRunning);
  });

  it('finds Services in its environment, unless something of its own has the name', async () => {
    await cluster.client.create('/api/v1/namespaces/default/services', {
      metadata: { name: 'web-shop' },
      spec: { clusterIP: '10.96.7.7', ports: [{ name: 'http', port: 80 }] },
    });
    const env = [
      { name: 'WEB_SHOP_PORT', value: 'mine' },
      { name: 'URL', value: 'https://$(KUBERNETES_SERVICE_HOST):$(KUBERNETES_SERVICE_PORT)' },
    ];
    const command = ['sh', '-c', 'env | grep -E "WEB_SHOP|URL"'];
    for (const enableServiceLinks of [true, false]) {
      const name = `app-${enableServiceLinks}`;
      const spec = { ...one({ command, env }), restartPolicy: 'Never', enableServiceLinks };
      await cluster.createPod(name, spec);
      await cluster.waitForPod(name, (seen) => seen?.status?.phase === 'Succeeded');
    }
    const own = ['URL=https://10.96.0.1:443', 'WEB_SHOP_PORT=mine'];
    const linesOf = async (name: string) =>
      (await ask(`/containerLogs/default/${name}/app`)).slice('200 '.length).split('\n').sort();
    expect(await linesOf('app-false')).toEqual(['', ...own]);
    expect(await linesOf('app-true')).toEqual(
      [
        '',
        ...own,
        'WEB_SHOP_SERVICE_HOST=10.96.7.7',
        'WEB_SHOP_SERVICE_PORT=80',
        'WEB_SHOP_SERVICE_PORT_HTTP=80',
        'WEB_SHOP_PORT_80_TCP=tcp://10.96.7.7:80',
        'WEB_SHOP_PORT_80_TCP_PROTO=tcp',
        'WEB_SHOP_PORT_80_TCP_PORT=80',
        'WEB_SHOP_PORT_80_TCP_ADDR=10.96.7.7',
      ].sort(),
    );
  });

  it("runs a command of its own instead of the image's program", async () => {
    const command = ['sh', '-c', 'echo "I am $NAME $0"; exit 4'];
    const env = [{ name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }];
    const args = ['for $(NAME)'];
    await cluster.createPod('app', { ...one({ command, args, env }), restartPolicy: 'Never' });
    const pod = await cluster.waitForPod('app', (seen) => seen?.status?.phase === 'Failed');
    expect(statusOf(pod)?.state).toMatchObject({ terminated: { exitCode: 4 } });
    expect(await ask('/containerLogs/default/app/app')).toBe('200 I am app for app\n');
    expect(puppet.starts).toBe(0);
  });

  it('tells its log from where, and as, it is asked', async () => {
    await cluster.createPod('app', one());
    await cluster.waitForPod('app', isRunning);
    const logs = '/containerLogs/default/app/app';
    expect(await ask(`${logs}?timestamps=true`)).toMatch(
      /^200 \d{4}-\d\d-\d\dT[\d:]+\.\d{9}Z start 1\n$/,
    );
    expect(await ask(`${logs}?tailLines=0`)).toBe('200 ');
    expect(await ask(`${logs}?limitBytes=3`)).toBe('200 sta');
    expect(await ask(`${logs}?previous=true`)).toBe(
      '400 previous terminated container "app" in pod "app" not found',
    );
    const followed = ask(`${logs}?follow=true`);
    await cluster.client.delete('/api/v1/namespaces/default/pods/app');
    expect(await followed).toBe('200 start 1\n');
  });
});
