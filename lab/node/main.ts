/** The program of a node. */
import { readFile } from 'node:fs/promises';
import { createApiClient } from '../../proxies/kit/api/api-client.ts';
import { readConnection } from '../../proxies/kit/api/read-connection.ts';
import { klogLine } from '../../proxies/kit/klog.ts';
import { gitVersion } from '../apiserver/version.ts';
import { runProgram, type Flags } from '../machines/program.ts';
import { findImage } from '../workloads/images.ts';
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
  await using starting = new AsyncDisposableStack();
  const client = starting.use(createApiClient(connection));
  const nodeIPs = need('node-ip').split(',');
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
      nameservers: flags['cluster-dns']?.split(',') ?? [],
      podLink: flags['pod-link'] ?? 'none',
      tlsCert,
      tlsPrivateKey,
      clientCa,
      findImage,
      log: (line) => process.stderr.write(`${klogLine('I', 'hop', line)}\n`),
    }),
  );
  const running = starting.move();
  return { address: node.address, [Symbol.asyncDispose]: () => running.disposeAsync() };
});

function needFlag(flags: Flags, name: string): string {
  const value = flags[name];
  if (value === undefined) throw new Error(`--${name} is required`);
  return value;
}
