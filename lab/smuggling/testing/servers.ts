/**
 * Both servers that have the apiserver proxy, in front of the same targets: what must not pass one must not
 * pass the other.
 */
import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { startBastionProcess } from '../../bastion/testing/bastion-process.ts';
import { startBastionCluster, type BastionCluster } from '../../bastion/testing/cluster.ts';
import { startRecordingTarget, type RecordingTarget } from './recording-target.ts';

export const serverNames = ['the apiserver', 'the bastion'] as const;
export type ServerName = (typeof serverNames)[number];

export interface FrontServer {
  readonly port: number;
  readonly ca: string;
  /** What it has told of requests so far. */
  audit(): Promise<readonly AuditEvent[]>;
}

export interface AuditEvent {
  readonly auditID: string;
  readonly stage: string;
  readonly requestURI: string;
  readonly verb: string;
  readonly user: { readonly username?: string };
  readonly objectRef?: Readonly<Record<string, string>>;
  readonly responseStatus: { readonly code: number };
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Servers extends AsyncDisposable {
  readonly cluster: BastionCluster;
  /** The pod `web`, which Jane may ask. */
  readonly target: RecordingTarget;
  /** The pod `vault`, which she may not. */
  readonly vault: RecordingTarget;
  /** `web:1234`: what Jane's role names. */
  readonly webId: string;
  /** `/api/v1/namespaces/default/pods/web:1234/proxy` */
  readonly web: string;
  readonly server: Readonly<Record<ServerName, FrontServer>>;
}

export async function startServers(): Promise<Servers> {
  await using starting = new AsyncDisposableStack();
  const lines: string[] = [];
  const target = starting.use(await startRecordingTarget('web'));
  const vault = starting.use(await startRecordingTarget('vault'));
  const cluster = starting.use(await startBastionCluster({ audit: (line) => lines.push(line) }));
  await addPod(cluster, 'web', target.port);
  await addPod(cluster, 'vault', vault.port);
  const webId = `web:${target.port}`;
  const name = 'jane-and-web';
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  await cluster.create(`${rbac}/clusterroles`, {
    metadata: { name },
    rules: [
      { apiGroups: [''], resources: ['pods/proxy'], resourceNames: [webId, 'web'], verbs: ['*'] },
    ],
  });
  await cluster.create(`${rbac}/namespaces/default/rolebindings`, {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' }],
  });
  const auditFile = join(cluster.directory, 'audit.log');
  const bastion = starting.use(
    await startBastionProcess([...cluster.flags, `--audit-log-path=${auditFile}`]),
  );
  const owned = starting.move();
  return {
    cluster,
    target,
    vault,
    webId,
    web: `/api/v1/namespaces/default/pods/${webId}/proxy`,
    server: {
      'the apiserver': {
        port: cluster.apiserver.port,
        ca: cluster.apiserver.caPem,
        audit: async () => lines.map(eventOf),
      },
      'the bastion': {
        port: bastion.port,
        ca: cluster.serving.certificatePem,
        audit: async () =>
          (await readFile(auditFile, 'utf8')).split('\n').slice(0, -1).map(eventOf),
      },
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** A pod on a port of this machine, which it declares. */
export function addPod(cluster: BastionCluster, name: string, port: number, ip = '127.0.0.1') {
  return cluster.create('/api/v1/namespaces/default/pods', {
    metadata: { name },
    spec: { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: port }] }] },
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] },
  });
}

const eventOf = (line: string) => JSON.parse(line) as AuditEvent;
