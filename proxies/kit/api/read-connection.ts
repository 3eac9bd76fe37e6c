/** The connection that a kubeconfig of the lab names: JSON, with its certificates inside. */
import { readFile } from 'node:fs/promises';
import type { ApiConnection } from './api-client.ts';

interface Kubeconfig {
  readonly 'current-context': string;
  readonly contexts: readonly Named<
    'context',
    { readonly cluster: string; readonly user: string }
  >[];
  readonly clusters: readonly Named<
    'cluster',
    { readonly server: string; readonly 'certificate-authority-data': string }
  >[];
  readonly users: readonly Named<
    'user',
    {
      readonly token?: string;
      readonly 'client-certificate-data'?: string;
      readonly 'client-key-data'?: string;
    }
  >[];
}

type Named<Field extends string, Value> = { readonly name: string } & Readonly<
  Record<Field, Value>
>;

/** @param userAgent who asks: `kube-controller-manager/v1.36.0` */
export async function readConnection(path: string, userAgent = 'hop'): Promise<ApiConnection> {
  // The border: the lab writes these files itself.
  const config = JSON.parse(await readFile(path, 'utf8')) as Kubeconfig;
  const { context } = pick(config.contexts, config['current-context'], path);
  const { cluster } = pick(config.clusters, context.cluster, path);
  const { user } = pick(config.users, context.user, path);
  const certificate = user['client-certificate-data'];
  const key = user['client-key-data'];
  return {
    server: cluster.server,
    caPem: decode(cluster['certificate-authority-data']),
    ...(certificate && { certPem: decode(certificate) }),
    ...(key && { keyPem: decode(key) }),
    ...(user.token && { token: user.token }),
    userAgent,
  };
}

function pick<T extends { readonly name: string }>(
  entries: readonly T[],
  name: string,
  path: string,
): T {
  const found = entries.find((entry) => entry.name === name);
  if (!found) throw new Error(`${path} has no entry named "${name}"`);
  return found;
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}
