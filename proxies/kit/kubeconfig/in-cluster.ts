/** The configuration of a pod: its service account (client-go `rest.InClusterConfig`). */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from './load.ts';

/** Where a pod finds its service account. */
export const serviceAccountDirectory = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface InCluster {
  readonly server: string;
  readonly token: string;
  readonly tokenFile: string;
  /** Empty where the pod has no readable CA: the system's roots are used then. */
  readonly certificateAuthority: string;
}

/** The pod's own configuration, or `null` outside a pod. */
export function inClusterConfig(env: Environment, directory: string): InCluster | null {
  const host = env.KUBERNETES_SERVICE_HOST ?? '';
  const port = env.KUBERNETES_SERVICE_PORT ?? '';
  const tokenFile = join(directory, 'token');
  if (host === '' || port === '' || !isFile(tokenFile)) return null;
  const certificateAuthority = join(directory, 'ca.crt');
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    token: readFileSync(tokenFile, 'utf8'),
    tokenFile,
    certificateAuthority: isFile(certificateAuthority) ? certificateAuthority : '',
  };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
