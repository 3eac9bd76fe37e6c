/** The program of a node. */
import { readFile } from 'node:fs/promises';
import { createApiClient } from '../../proxies/kit/api/api-client.ts';
import { readConnection } from '../../proxies/kit/api/read-connection.ts';
import { relayHops } from '../../proxies/kit/hop-channel.ts';
import { klogLine } from '../../proxies/kit/klog.ts';
import { gitVersion } from '../apiserver/version.ts';
import { runProgram, type Flags } from '../machines/program.ts';
import { untilApiserverReady } from '../machines/until-apiserver-ready.ts';
import { findImage } from '../workloads/images.ts';
import { startNodeProxy, type NodeProxy, type NodeProxyOptions } from './node-proxy.ts';
import { startNode } from './node.ts';

const flagNames = [
  'hostname-override',
  'kubeconfig',
  'node-ip',
  'pod-cidr',
  'address',
  'port',
  'client-ca-file',
  'tls-cert-file',
  'tls-private-key-file',
  'pod-link',
  'cluster-dns',
  'proxy-kubeconfig',
  'proxy-mode',
  'proxy-turn',
  'proxy-healthz-bind-address',
  'cluster-cidr',
] as const;

await runProgram(flagNames, async (flags) => {
  const need = (name: (typeof flagNames)[number]) => needFlag(flags, name);
  const name = need('hostname-override');
  const [connection, tlsCert, tlsPrivateKey, clientCa] = await Promise.all([
    readConnection(need('kubeconfig'), `kubelet/${gitVersion}`),
    readFile(need('tls-cert-file'), 'utf8'),
    readFile(need('tls-private-key-file'), 'utf8'),
    readFile(need('client-ca-file'), 'utf8'),
  ]);
  await untilApiserverReady(connection);
  await using starting = new AsyncDisposableStack();
  const client = starting.use(createApiClient(connection));
  const nodeIPs = need('node-ip').split(',');
  const log = (line: string) => void process.stderr.write(`${klogLine('I', 'hop', line)}\n`);
  const proxy = await startProxy(flags, {
    nodeName: name,
    nodeIPs,
    // Its lines are klog's already.
    log: (line) => void process.stderr.write(`${line}\n`),
  });
  if (proxy) starting.use(proxy);
  const node = starting.use(
    await startNode({
      name,
      client,
      connection,
      version: gitVersion,
      nodeIPs,
      podRanges: need('pod-cidr').split(','),
      address: flags.address ?? nodeIPs[0] ?? '127.0.0.1',
      port: Number(flags.port ?? 10250),
      hasServices: proxy !== null,
      nameservers: flags['cluster-dns']?.split(',') ?? [],
      podLink: flags['pod-link'] ?? 'none',
      tlsCert,
      tlsPrivateKey,
      clientCa,
      findImage,
      log,
    }),
  );
  await proxy?.settled;
  if (proxy) starting.use(relayHops(proxy));
  const running = starting.move();
  return { address: node.address, [Symbol.asyncDispose]: () => running.disposeAsync() };
});

/** None where no kubeconfig is given for it. */
async function startProxy(
  flags: Flags,
  node: Pick<NodeProxyOptions, 'nodeName' | 'nodeIPs' | 'log'>,
): Promise<NodeProxy | null> {
  const kubeconfig = flags['proxy-kubeconfig'];
  if (kubeconfig === undefined) return null;
  const isIsolated = flags['proxy-turn'] === undefined;
  const healthzBindAddress = flags['proxy-healthz-bind-address'] ?? '';
  return startNodeProxy({
    ...node,
    connection: await readConnection(kubeconfig, `kube-proxy/${gitVersion}`),
    mode: needFlag(flags, 'proxy-mode') === 'nftables' ? 'nftables' : 'userspace',
    clusterCIDRs: needFlag(flags, 'cluster-cidr').split(','),
    turn: flags['proxy-turn'] ?? null,
    settings: isIsolated
      ? {}
      : // The nodes share the host's ports.
        { families: ['IPv4'], healthzBindAddress, metricsBindAddress: '' },
  });
}

function needFlag(flags: Flags, name: string): string {
  const value = flags[name];
  if (value === undefined) throw new Error(`--${name} is required`);
  return value;
}
