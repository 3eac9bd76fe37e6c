/** What the certificates of backends are verified with. */
import { X509Certificate } from 'node:crypto';
import { ConfigurationError, readText } from '../../kit/apiserver/configuration-error.ts';
import type { Terminal } from '../../kit/command.ts';
import type { ClientConfig } from '../../kit/kubeconfig/client-config.ts';
import { inClusterConfig, serviceAccountDirectory } from '../../kit/kubeconfig/in-cluster.ts';
import { loadRequiredConfig } from '../../kit/kubeconfig/required-config.ts';
import { parseServer } from '../../kit/kubeconfig/server-url.ts';
import { readTrust } from '../../kit/kubeconfig/trust.ts';
import type { ImplementationName } from '../balancer.ts';
import type { Source } from './configuration.ts';
import type { Flags } from './configure.ts';

export interface CheckAuthorityOptions {
  readonly implementation: ImplementationName;
  readonly source: Source;
  readonly terminal: Terminal;
}

/**
 * The file, or else the cluster's own authority: of the kubeconfig, or of the pod. Without one nobody can tell an
 * apiserver of this cluster from one of another, so that not to verify must be asked for.
 *
 * @returns null: they are not verified
 * @throws ConfigurationError, KubeconfigError
 */
export async function checkAuthority(
  flags: Flags,
  { implementation, source, terminal }: CheckAuthorityOptions,
): Promise<string | null> {
  const { 'check-ca-file': path, 'check-insecure': isInsecure, kubeconfig } = flags;
  if (path !== '' && isInsecure) {
    throw new ConfigurationError(
      'two-authorities',
      '--check-ca-file verifies certificates, --check-insecure does not',
    );
  }
  if (isInsecure) return null;
  if (path !== '') return readAuthority(path);
  // It checks nothing.
  if (implementation === 'nginx') return null;
  if (source.kind === 'endpoint-slices') return authorityOf(source.cluster);
  if (kubeconfig !== '') return authorityOf(await loadRequiredConfig({ kubeconfig, terminal }));
  const pod = inClusterConfig(terminal.env, serviceAccountDirectory);
  if (pod !== null && pod.certificateAuthority !== '')
    return readAuthority(pod.certificateAuthority);
  throw missing();
}

async function readAuthority(path: string): Promise<string> {
  const pem = await readText(path);
  try {
    new X509Certificate(pem);
    return pem;
  } catch {
    throw new ConfigurationError('bad-ca', `--check-ca-file: ${path} holds no certificate in PEM`, {
      path,
    });
  }
}

/** Of a server without TLS, nothing is known. */
function authorityOf(cluster: ClientConfig): string | null {
  if (!parseServer(cluster.server).isTls) throw missing();
  const { ca, isInsecure } = readTrust(cluster);
  return isInsecure || ca === null ? null : ca.toString();
}

function missing(): ConfigurationError {
  const message =
    'nothing says which certificates of apiservers are good: --check-ca-file is missing';
  return new ConfigurationError('no-authority', message);
}
